// Every screen in French, light.
import { accessibleIn } from './accessible';

accessibleIn({ language: 'fr', theme: 'light' });
