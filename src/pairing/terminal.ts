import { Injectable } from '@nestjs/common';

/** The operator's eyes: plain lines on stdout, also where logs are JSON or go elsewhere. */
@Injectable()
export class Terminal {
  showCode(code: string): void {
    process.stdout.write(
      `\n  🔐 No client is paired. Use this one-time code: ${code}\n     Send: POST /pair with header X-Pairing-Code: ${code}\n\n`,
    );
  }
}
