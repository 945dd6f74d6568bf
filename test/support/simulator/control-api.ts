import { type ServerResponse } from 'node:http';
import { type Control, type Match } from './control';
import { isObject, numberAt, objectsAt, parseJson, stringAt } from './json';
import { isScript, scriptProblem } from './script';

/** The simulator's own routes: what a test in another process steers it with. */
export function answerControl(
  method: string,
  path: string,
  text: string,
  response: ServerResponse,
  control: Control,
): void {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  switch (`${method} ${path.slice('/__simulator/'.length)}`) {
    case 'GET requests':
      return send(200, control.requests());
    case 'GET state':
      return send(200, {
        openConnections: control.openConnections,
        activeStreams: control.activeStreams,
        queued: control.queued,
        requests: control.requests().length,
      });
    case 'POST reset':
      control.reset();
      return send(200, { ok: true });
    case 'POST report': {
      const problem = setReport(text, control);
      return problem === null ? send(200, { ok: true }) : send(400, { error: problem });
    }
    case 'POST next': {
      const problem = enqueue(text, control);
      return problem === null ? send(200, { queued: control.queued }) : send(400, { error: problem });
    }
    default:
      return send(404, { error: 'GET requests, GET state, POST next, POST report, POST reset' });
  }
}

/** `{ path, buckets }`: a vendor's report. */
function setReport(text: string, control: Control): string | null {
  try {
    const body = parseJson(text);
    const path = stringAt(body, 'path');
    if (path === undefined) return 'path is needed';
    control.setReport(path, objectsAt(body, 'buckets'));
    return null;
  } catch {
    return 'the body is not JSON';
  }
}

/** `{ script, match }`, or a script alone. */
function enqueue(text: string, control: Control): string | null {
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return 'the body is not JSON';
  }
  const wrapper = isObject(body) && 'script' in body ? body : { script: body };
  const { script, match } = wrapper as { script: unknown; match?: unknown };
  if (!isScript(script)) return scriptProblem(script) ?? 'not a script';
  control.enqueue(script, readMatch(match));
  return null;
}

function readMatch(value: unknown): Match {
  const vendor = stringAt(value, 'vendor');
  return {
    ...(vendor === 'openai' || vendor === 'anthropic' || vendor === 'google' ? { vendor } : {}),
    path: stringAt(value, 'path'),
    times: numberAt(value, 'times'),
  };
}
