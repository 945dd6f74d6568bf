import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The OpenAPI 3.1 document of the REST API, from the code. */
export function buildOpenApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('AI Studio')
    .setDescription(
      'One backend for OpenAI, Anthropic and Google: providers with their keys in a vault, models configured once, ' +
        'every completion metered and priced exactly. Money is decimal text in US dollars; times are UTC, ISO 8601; ' +
        'ranges are half-open. Errors are problem documents (RFC 9457) with a stable `code`.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller: string, method: string) =>
      `${controller.replace(/Controller$/, '').replace(/^./, (first) => first.toLowerCase())}_${method}`,
  });
}

/** Serves the document at /api/openapi.json and a page to read it at /api/docs. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('api/docs', app, () => buildOpenApi(app), {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'AI Studio API',
  });
}
