import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemView } from '../common/http/problem.dto';
import { type Access } from './principal';

export const ACCESS = 'studio:access';

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
