// Showing an invitation's code to the camera: what it sees, and what is to be done; closed as soon as a code was seen. Owns the
// words round the picture; the camera is `camera.ts`'s.
import { Alert, Button, Stack, Text } from '@mantine/core';
import { Dialog, useWords } from '@comptoir/kit';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { watchCamera, type CameraRefusal } from './camera';
import { joinCodeIn } from './joinLink';

export interface CameraDialogProps {
  found: (code: string) => void;
  close: () => void;
}

export default function CameraDialog({ found, close }: CameraDialogProps) {
  const words = useWords();
  const [attempt, setAttempt] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const again = () => {
    setAttempt(attempt + 1);
    // The button that was pressed goes: the focus stays within the dialog.
    place.current?.focus();
  };
  return (
    <Dialog title={words.text('first.camera.title')} close={close} size="lg">
      <div ref={place} tabIndex={-1} style={{ outline: 'none' }}>
        <Picture key={attempt} found={found} again={again} />
      </div>
    </Dialog>
  );
}

function Picture({ found, again }: { found: (code: string) => void; again: () => void }) {
  const words = useWords();
  const player = useRef<HTMLVideoElement>(null);
  const [sees, setSees] = useState<'asking' | 'looking' | 'other'>('asking');
  const [refusal, setRefusal] = useState<CameraRefusal>();
  const seen = useEffectEvent((text: string) => {
    const code = joinCodeIn(text);
    if (code === undefined) setSees('other');
    else found(code);
  });
  useEffect(() => {
    if (!player.current) return;
    return watchCamera(player.current, {
      opened: () => setSees('looking'),
      seen: (text) => seen(text),
      failed: setRefusal,
    });
  }, []);
  return (
    <Stack>
      <Text size="sm" role="status">
        {refusal ? '' : words.text(`first.camera.${sees}`)}
      </Text>
      <video
        ref={player}
        hidden={refusal !== undefined}
        aria-label={words.text('first.camera.picture')}
        muted
        playsInline
        style={{ width: '100%', aspectRatio: '4 / 3', background: '#000', borderRadius: 'var(--mantine-radius-sm)' }}
      />
      {refusal ? (
        <Alert color="yellow" role="alert" title={words.text(`first.camera.${refusal}`)}>
          <Text size="sm">{words.text(`first.camera.do.${refusal}`)}</Text>
          <Button mt="sm" size="compact-sm" variant="default" onClick={again}>
            {words.text('action.retry')}
          </Button>
        </Alert>
      ) : null}
    </Stack>
  );
}
