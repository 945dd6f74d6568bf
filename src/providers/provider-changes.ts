import { Injectable } from '@nestjs/common';

type Listener = (teamId: string) => void;

/** Tells those who keep a team's providers in memory that they changed in this process. */
@Injectable()
export class ProviderChanges {
  private readonly listeners: Listener[] = [];

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  announce(teamId: string): void {
    for (const listener of this.listeners) listener(teamId);
  }
}
