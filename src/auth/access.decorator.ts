import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemView } from '../common/http/problem.dto';
import { type CredentialPlace } from './credential';
import { type Access } from './principal';

export const ACCESS = 'studio:access';
export const CREDENTIAL = 'studio:credential';

/** What the caller of a route needs. A route without it answers nobody. */
export function RequiresAccess(access: Access): MethodDecorator & ClassDecorator {
  if (access === 'public') return SetMetadata(ACCESS, access);
  return applyDecorators(
    SetMetadata(ACCESS, access),
    ApiBearerAuth(),
    ApiExtraModels(ProblemView),
    ApiResponse({
      status: 'default',
      description: 'A problem document (RFC 9457) with a stable code.',
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemView) } } },
    }),
  );
}

/**
 * Where a route takes the caller's key: a dialect's doors take it as the clients of that dialect send it. A
 * route without it takes `Authorization: Bearer` and does not look elsewhere.
 */
export function TakesCredential(...places: readonly CredentialPlace[]): MethodDecorator & ClassDecorator {
  return SetMetadata(CREDENTIAL, places);
}
