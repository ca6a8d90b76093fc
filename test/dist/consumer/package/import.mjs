import * as millrace from 'millrace';
import * as testing from 'millrace/testing';
import wordCount from './wordCount.cjs';

console.log(
  JSON.stringify({
    names: Object.keys(millrace).sort(),
    testingNames: Object.keys(testing).sort(),
    counts: await wordCount(millrace, testing),
  }),
);
process.exit();
