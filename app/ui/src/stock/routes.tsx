// Which path shows which screen of stock. What a screen asks stands in its address, where it can be kept and sent.
import { createRoute, useNavigate, useParams, useSearch, type AnyRoute } from '@tanstack/react-router';
import { ArrivalScreen } from './ArrivalScreen';
import { Availability } from './Availability';
import { ItemStock } from './ItemStock';
import { Postings } from './Postings';
import { PostingScreen } from './PostingScreen';
import { Rights } from './Rights';
import { ScanMove, type ScanAct } from './ScanMove';
import { Transfers } from './Transfers';
import { TransferScreen } from './TransferScreen';
import { ValueScreen } from './ValueScreen';

/** The query of the address, and how it is changed. */
function useWritten(): [string, (written: string, replace?: boolean) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const written = typeof search.written === 'string' ? search.written : '';
  return [written, (written, replace = false) => void navigate({ to: '.', search: { written }, replace })];
}

function useId(): string {
  const params: Record<string, string | undefined> = useParams({ strict: false });
  return params.id ?? '';
}

function Scan({ act }: { act: ScanAct }) {
  return <ScanMove key={act} act={act} />;
}

const Receive = () => <Scan act="receive" />;
const Issue = () => <Scan act="issue" />;
const Send = () => <Scan act="send" />;

function AvailabilityPlace() {
  const [written, change] = useWritten();
  return <Availability written={written} change={change} />;
}

function TransfersPlace() {
  const [written, change] = useWritten();
  return <Transfers written={written} change={change} />;
}

function PostingsPlace() {
  const [written, change] = useWritten();
  return <Postings written={written} change={change} />;
}

function ValuePlace() {
  const [written, change] = useWritten();
  return <ValueScreen written={written} change={change} />;
}

function ItemPlace() {
  const id = useId();
  return <ItemStock key={id} id={id} />;
}

function TransferPlace() {
  return <TransferScreen id={useId()} />;
}

function ArrivalPlace() {
  const id = useId();
  return <ArrivalScreen key={id} id={id} />;
}

function PostingPlace() {
  return <PostingScreen id={useId()} />;
}

export function stockRoutes<Root extends AnyRoute>(root: Root) {
  const getParentRoute = () => root;
  return [
    createRoute({ getParentRoute, path: '/stock/scan/receive', component: Receive }),
    createRoute({ getParentRoute, path: '/stock/scan/issue', component: Issue }),
    createRoute({ getParentRoute, path: '/stock/scan/send', component: Send }),
    createRoute({ getParentRoute, path: '/stock/availability', component: AvailabilityPlace }),
    createRoute({ getParentRoute, path: '/stock/items/$id', component: ItemPlace }),
    createRoute({ getParentRoute, path: '/stock/transfers', component: TransfersPlace }),
    createRoute({ getParentRoute, path: '/stock/transfers/$id', component: TransferPlace }),
    createRoute({ getParentRoute, path: '/stock/transfers/$id/receive', component: ArrivalPlace }),
    createRoute({ getParentRoute, path: '/stock/rights', component: Rights }),
    createRoute({ getParentRoute, path: '/stock/postings', component: PostingsPlace }),
    createRoute({ getParentRoute, path: '/stock/postings/$id', component: PostingPlace }),
    createRoute({ getParentRoute, path: '/stock/value', component: ValuePlace }),
  ] as const;
}
