// The French catalogue.
import frCommon from '../messages/fr/common.json';
import frFields from '../messages/fr/fields.json';
import frProblems from '../messages/fr/problems.json';
import frSetup from '../messages/fr/setup.json';
import frStock from '../messages/fr/stock.json';
import frText from '../messages/fr/text.json';
import frWindow from '../messages/fr/window.json';

export const french: Record<string, string> = { ...frCommon, ...frFields, ...frProblems, ...frSetup, ...frStock, ...frText, ...frWindow };
