import { applyDecorators, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse } from '@nestjs/swagger';
import { type Access } from '../auth/principal';
import { RequiresAccess } from '../auth/access.decorator';
import { RAW_BODY } from '../common/http/raw-body';

/** The vendors document their formats themselves. */
const ANY_OBJECT = { schema: { type: 'object', additionalProperties: true } } as const;

/**
 * A route that has the body's bytes as they came, for those who may use models.
 * @param takesBody whether it asks for one
 */
export function DialectPost(path: string | string[] = '', takesBody = true): MethodDecorator {
  return applyDecorators(
    Post(path),
    RequiresAccess('use'),
    RouteConfig(RAW_BODY),
    HttpCode(200),
    ...(takesBody ? [ApiBody(ANY_OBJECT)] : []),
    ApiOkResponse(ANY_OBJECT),
  );
}

export function DialectGet(path: string | string[], access: Access): MethodDecorator {
  return applyDecorators(Get(path), RequiresAccess(access), ApiOkResponse(ANY_OBJECT));
}

export function DialectDelete(path: string): MethodDecorator {
  return applyDecorators(Delete(path), RequiresAccess('use'), ApiOkResponse(ANY_OBJECT));
}
