// Approving what the console asks, behind the question that the act has here anyway. Owns the one about an invitation.
import { List } from '@mantine/core';
import { answer, api, Ask, keys, useWords, type Schemas } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import type { Approval } from './consoleActs';
import { RemovalDialog } from './RemovalDialog';
import { Rotate } from './ScopeActs';

interface ConsoleApprovalProps {
  /** Of which request. */
  id: string;
  approval: Approval;
  /** Takes the code of an invitation, which is told this once. */
  made: (invitation: Schemas['InvitationMade'], site: string) => void;
  close: () => void;
}

export function ConsoleApproval({ id, approval, made, close }: ConsoleApprovalProps) {
  const client = useQueryClient();
  const put = async () => {
    try {
      // For how long a code holds is the node's to say.
      return await answer(api.POST('/api/v1/console-requests/{id}/approve', { params: { path: { id } }, body: { expires_s: null } }));
    } finally {
      for (const queryKey of [keys.consoleRequests, keys.invitations]) void client.invalidateQueries({ queryKey });
    }
  };
  switch (approval.act) {
    case 'invite': {
      const { code } = approval.site;
      const invite = async () => {
        const { invitation } = await put();
        if (invitation) made(invitation, code);
        close();
      };
      return <InviteAsked code={code} invite={invite} close={close} />;
    }
    case 'rotate':
      return <Rotate scope={approval.scope} put={put} close={close} />;
    default:
      return <RemovalDialog site={approval.site} act={approval.act} put={put} close={close} />;
  }
}

function InviteAsked({ code, invite, close }: { code: string; invite: () => Promise<void>; close: () => void }) {
  const words = useWords();
  return (
    <Ask title={words.text('console.invite.title', { site: code })} yes={words.text('requests.invite.do')} act={invite} close={close}>
      <List size="sm" spacing={4}>
        <List.Item>{words.text('console.invite.code')}</List.Item>
        <List.Item>{words.text('console.invite.rest')}</List.Item>
      </List>
    </Ask>
  );
}
