// Inputs that a module has for fields of its own whose values are no record's: which there are is said by the app.
import { createContext, type ComponentType } from 'react';
import type { Scalar } from '../api/client';

export interface ModuleInputProps {
  value: string;
  change: (value: Scalar) => void;
  readOnly: boolean;
  /** What every input of a form takes: its label, what is wrong with it, its keys. */
  shared: Record<string, unknown>;
}

/** By the label that the schema gives a field. */
export const ModuleInputs = createContext<Readonly<Record<string, ComponentType<ModuleInputProps>>>>({});
