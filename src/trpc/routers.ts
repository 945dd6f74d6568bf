import { type CompletionPath } from '../completions/completion-path';
import { type EstimateService } from '../completions/estimate.service';
import { type ModelsPresenter } from '../models/models.presenter';
import { type ModelsService } from '../models/models.service';
import { type ProvidersService } from '../providers/providers.service';
import { type UsageService } from '../usage/usage.service';
import { completionsRouter } from './completions.router';
import { modelsRouter } from './models.router';
import { providersRouter } from './providers.router';
import { router } from './trpc';
import { usageRouter } from './usage.router';

/** The services that the routers call. */
export interface RouterServices {
  readonly providers: ProvidersService;
  readonly models: ModelsService;
  readonly modelsPresenter: ModelsPresenter;
  readonly usage: UsageService;
  readonly completionPath: CompletionPath;
  readonly estimates: EstimateService;
}

/** Every router: one line per module. */
export function createAppRouter(services: RouterServices) {
  return router({
    aiStudio: router({
      providers: providersRouter(services.providers),
      models: modelsRouter(services.models, services.modelsPresenter),
      usage: usageRouter(services.usage),
      completions: completionsRouter(services.completionPath, services.estimates),
    }),
  });
}

/** For clients: `createTRPCClient<AppRouter>(…)`. */
export type AppRouter = ReturnType<typeof createAppRouter>;
