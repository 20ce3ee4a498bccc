// What the camera of a test's browser sees: a film of one picture, in the form that Chromium takes for a camera's (YUV4MPEG2).
import qrcode from 'qrcode-generator';

const [WIDTH, HEIGHT] = [1_280, 720];
const [BLACK, WHITE, GREY] = [16, 235, 128];

/** The modules of a code as screens draw it, `M12 4h1v1h-1z` each, in a square of so many. */
export interface Drawn {
  path: string;
  size: number;
}

export function drawnOf(text: string): Drawn {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const places = Array.from({ length: code.getModuleCount() }, (_, at) => at);
  const dark = places.flatMap((row) => places.filter((column) => code.isDark(row, column)).map((column) => `M${column + 4} ${row + 4}h1v1h-1z`));
  return { path: dark.join(''), size: places.length + 8 };
}

export function filmOf({ path, size }: Drawn): Buffer {
  const light = Buffer.alloc(WIDTH * HEIGHT, WHITE);
  const side = Math.floor(HEIGHT / size);
  const left = Math.floor((WIDTH - side * size) / 2);
  for (const [, column, row] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    const first = left + Number(column) * side;
    for (let line = 0; line < side; line++) light.fill(BLACK, (Number(row) * side + line) * WIDTH + first, (Number(row) * side + line) * WIDTH + first + side);
  }
  const colour = Buffer.alloc(WIDTH * HEIGHT / 2, GREY);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\nFRAME\n`), light, colour]);
}
