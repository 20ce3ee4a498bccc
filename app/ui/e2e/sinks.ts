// Where alarms arrive: a program that takes webhooks and a mail server, both on loopback. Owns just enough of SMTP to be told, and of what mail is
// written in to read it.
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Told {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Something that listens, and keeps what it is told. */
export class Sink {
  readonly told: Told[] = [];
  private readonly open = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.open.add(socket);
      socket.on('close', () => this.open.delete(socket));
    });
  }

  /** A program that takes webhooks, and answers 204. */
  static async http(): Promise<Sink> {
    const server = createHttp();
    const sink = new Sink(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        sink.told.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    return sink.listens();
  }

  /** A mail server that takes everything, in clear. */
  static async smtp(): Promise<Sink> {
    const server = createTcp();
    const sink = new Sink(server);
    server.on('connection', (socket: Socket) => converse(socket, (mail) => sink.told.push(mail)));
    return sink.listens();
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.open.forEach((socket) => socket.destroy());
    await new Promise((done) => this.server.close(done));
  }

  private async listens(): Promise<Sink> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }
}

/** One conversation of SMTP (RFC 5321): greets, takes each mail, and says yes to all else. */
function converse(socket: Socket, take: (mail: Told) => void): void {
  let [waiting, isMail] = ['', false];
  const say = (line: string) => socket.write(`${line}\r\n`);
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (part: string) => {
    waiting += part;
    for (;;) {
      const end = isMail ? '\r\n.\r\n' : '\r\n';
      const at = waiting.indexOf(end);
      if (at < 0) return;
      const said = waiting.slice(0, at);
      waiting = waiting.slice(at + end.length);
      if (isMail) take(read(said.replaceAll('\r\n..', '\r\n.')));
      const verb = isMail ? '' : said.slice(0, 4).toUpperCase();
      isMail = verb === 'DATA';
      if (verb === 'QUIT') return void socket.end('221 bye\r\n');
      say(isMail ? '354 go on' : '250 well');
    }
  });
  say('220 sink');
}

/** A mail of one part (RFC 5322, 2045): its headers and its words. */
function read(mail: string): Told {
  const [head = '', ...rest] = mail.split('\r\n\r\n');
  const headers: IncomingHttpHeaders = {};
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [name = '', ...value] = line.split(':');
    headers[name.trim().toLowerCase()] = value.join(':').trim();
  }
  const body = rest.join('\r\n\r\n');
  const written = String(headers['content-transfer-encoding'] ?? '').toLowerCase();
  if (written === 'base64') return { headers, body: Buffer.from(body, 'base64').toString() };
  const plain = written === 'quoted-printable' ? body.replaceAll(/=\r\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : body;
  return { headers, body: Buffer.from(plain, 'latin1').toString() };
}
