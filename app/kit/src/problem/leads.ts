// What may explain or mend a problem beyond its advice: whoever shows screens says where that is. Nothing, unless it is said.
import { createContext, type ReactNode } from 'react';
import type { Problem } from '../api/problem';

export type Lead = (problem: Problem) => ReactNode;

export const LeadContext = createContext<Lead>(() => null);
export const ProblemLeads = LeadContext.Provider;
