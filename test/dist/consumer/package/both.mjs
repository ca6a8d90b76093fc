import { createRequire } from 'node:module';
import * as imported from 'millrace';

const required = createRequire(import.meta.url)('millrace');
const caught = (millrace) => {
  try {
    millrace.tumbling('soon');
  } catch (error) {
    return error;
  }
  throw new Error("tumbling('soon') was taken");
};
const fromImported = caught(imported);
const fromRequired = caught(required);

console.log(
  JSON.stringify({
    twoCopies: imported.StreamError !== required.StreamError,
    instanceof: [fromImported instanceof required.StreamError, fromRequired instanceof imported.StreamError],
    isStreamError: [required.isStreamError(fromImported, 'INVALID_OPTION'), imported.isStreamError(fromRequired, 'INVALID_OPTION')],
    others: [new Error('no') instanceof imported.StreamError, imported.isStreamError({ code: 'INVALID_OPTION' })],
  }),
);
