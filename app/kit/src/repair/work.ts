// The two long works of a repair, verifying and rebuilding, and what they gave. Owns that one of them runs at a time, and that who
// leaves the screen finds it as it is when they come back; the work itself is the node's, which goes on whoever looks.
import { useSyncExternalStore } from 'react';
import { answer, api, type Schemas } from '../api/client';
import type { Verified } from './findings';

export type Rebuilt = Schemas['Rebuilt'];

export interface RepairState {
  running?: { work: 'verify' | 'rebuild'; since: number };
  verified?: { answer: Verified; took: number; afterRebuild: boolean };
  rebuilt?: { answer: Rebuilt; took: number };
  problem?: unknown;
}

export class RepairWork {
  private state: RepairState = {};
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly asked: { verify: () => Promise<Verified>; rebuild: () => Promise<Rebuilt> },
    private readonly now: () => number,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): RepairState => this.state;

  /** Checks everything that is stored. */
  verify = (): Promise<void> =>
    this.run('verify', async (since) => {
      const answer = await this.asked.verify();
      return { ...this.state, verified: { answer, took: this.now() - since, afterRebuild: this.state.rebuilt !== undefined } };
    });

  /** Makes everything anew from the log, and checks what came of it. */
  rebuild = async (): Promise<void> => {
    await this.run('rebuild', async (since) => {
      const answer = await this.asked.rebuild();
      // What was found before is about what is no more.
      return { rebuilt: { answer, took: this.now() - since } };
    });
    if (this.state.rebuilt && this.state.problem === undefined) await this.verify();
  };

  private async run(work: 'verify' | 'rebuild', doing: (since: number) => Promise<RepairState>): Promise<void> {
    if (this.state.running) return;
    const since = this.now();
    this.set({ ...without(this.state), running: { work, since } });
    try {
      this.set(without(await doing(since)));
    } catch (problem) {
      this.set({ ...without(this.state), problem });
    }
  }

  private set(state: RepairState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

/** The state at rest, and well. */
function without({ verified, rebuilt }: RepairState): RepairState {
  return { ...(verified ? { verified } : {}), ...(rebuilt ? { rebuilt } : {}) };
}

export const repairWork = new RepairWork(
  {
    verify: () => answer(api.POST('/api/v1/verify')),
    rebuild: () => answer(api.POST('/api/v1/rebuild')),
  },
  () => Date.now(),
);

export const useRepair = (): RepairState => useSyncExternalStore(repairWork.subscribe, repairWork.snapshot);
