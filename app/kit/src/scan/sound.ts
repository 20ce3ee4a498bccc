// A sound for who looks at the goods and not at the screen. Owns the one audio context of the page.

let context: AudioContext | undefined;

/** A low tone: what was scanned was not taken. Where nothing can sound, the screen still says it. */
export function soundRefusal(): void {
  try {
    context ??= new AudioContext();
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    tone.type = 'square';
    tone.frequency.value = 196;
    volume.gain.value = 0.08;
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.28);
  } catch {
    // No sound here.
  }
}
