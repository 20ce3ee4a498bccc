// Saving what is typed: once at a time, and what was refused stands under its field. Owns the refusal.
import { useState } from 'react';
import { asProblem } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import { faultPath } from './draft';
import type { DraftInHand } from './useDraft';

export function useSave(hand: DraftInHand, write: () => Promise<void>) {
  const words = useWords();
  const [problem, setProblem] = useState<unknown>();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [saving, setSaving] = useState(false);
  const save = async () => {
    if (saving) return;
    setSaving(true);
    setProblem(undefined);
    setErrors({});
    try {
      await write();
    } catch (error) {
      const refused = asProblem(error);
      if (refused.field) {
        const path = faultPath(hand.draft, refused.field, refused.params.value);
        setErrors({ [path]: words.problem(refused.code) });
        focusField(path);
      }
      setProblem(error);
    } finally {
      setSaving(false);
    }
  };
  return { save, saving, errors, problem, setProblem };
}

function focusField(path: string): void {
  setTimeout(() => {
    const place = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]`);
    place?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, 50);
}
