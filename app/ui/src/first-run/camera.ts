// The camera of this machine, watched for codes. Owns the stream: whatever happens, whoever opened the camera closes it with what
// they were given, and no picture leaves the browser.
import { frameLoop, QRCamera, QRCanvas } from 'qr/dom.js';

/** A code of an invitation has several hundred characters: its modules are small in a picture of few pixels. */
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: 'environment', width: { ideal: 1_920 }, height: { ideal: 1_080 } },
};

/** Why there is no picture: not allowed, no camera, it does not open (as when another program has it), it went away meanwhile. */
export type CameraRefusal = 'denied' | 'none' | 'busy' | 'lost';

export interface Watching {
  /** The picture is there, and is looked at. */
  opened: () => void;
  /** The text of a code that is in the picture; again for each picture with one. */
  seen: (text: string) => void;
  failed: (refusal: CameraRefusal) => void;
}

export function refusalOf(error: unknown): CameraRefusal {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'busy';
}

/** Shows the camera's picture in the video and looks for codes in it, until what it returns is called. */
export function watchCamera(video: HTMLVideoElement, watching: Watching): () => void {
  let isOver = false;
  let release = () => {};
  const end = () => {
    isOver = true;
    release();
  };
  const open = async () => {
    // A code at the edge of what is shown is seen too; between two steps of the search the page goes on.
    const pictures = new QRCanvas({}, { cropToSquare: false, async: true });
    const stream = await navigator.mediaDevices.getUserMedia(WANTED);
    release = () => {
      for (const track of stream.getTracks()) track.stop();
    };
    // A person who thought better of it while the browser asked has closed the dialog already.
    if (isOver) return release();
    const camera = new QRCamera(video, stream);
    const look = async () => {
      const text = await camera.readFrame(pictures, true);
      if (typeof text === 'string' && !isOver) watching.seen(text);
    };
    const cancel = frameLoop(() => void look(), video);
    release = () => {
      cancel();
      camera.stop();
      video.srcObject = null;
    };
    for (const track of stream.getTracks()) {
      // Not heard when it is stopped from here.
      track.addEventListener('ended', () => {
        if (isOver) return;
        end();
        watching.failed('lost');
      });
    }
    watching.opened();
  };
  open().catch((error: unknown) => {
    if (isOver) return;
    end();
    watching.failed(refusalOf(error));
  });
  return end;
}
