/** Where a gateway is run. */
export interface Place {
  /** The one it is installed in; who runs the benchmark chose it. */
  readonly folder: string;
  /** An empty directory of its own, for its files. */
  readonly home: string;
  readonly port: number;
  /** The upstream's origin; its API is at `/v1`. */
  readonly upstream: string;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** How a gateway is started: the server itself, as a script around it would be counted too. */
export interface PeerRun extends Command {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its home before, by their names. */
  readonly files?: Readonly<Record<string, string>>;
}

/** How a chat completion is asked of it, so that it goes to the upstream's gpt-4o. */
export interface PeerCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

/** A gateway that is not ours, and speaks OpenAI's protocol to its callers. It is no dependency of the project. */
export interface Peer {
  /** By which `--beside` chooses it. */
  readonly id: string;
  readonly displayName: string;
  /** The shell's command that installs it into a folder. */
  readonly install: (folder: string) => string;
  /** The file in the folder without which it is not installed. */
  readonly entry: string;
  /** Prints the version that is installed. */
  readonly version: (folder: string) => Command;
  readonly run: (place: Place) => PeerRun;
  /** Answers 200 once it takes calls. */
  readonly readyPath: string;
  readonly call: (place: Place) => PeerCall;
}
