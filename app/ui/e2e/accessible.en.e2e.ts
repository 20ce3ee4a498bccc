// Every screen in English, dark.
import { accessibleIn } from './accessible';

accessibleIn({ language: 'en', theme: 'dark' });
