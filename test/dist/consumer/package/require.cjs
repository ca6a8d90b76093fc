const millrace = require('millrace');
const testing = require('millrace/testing');
const wordCount = require('./wordCount.cjs');

wordCount(millrace, testing).then((counts) => {
  console.log(JSON.stringify({ names: Object.keys(millrace).sort(), testingNames: Object.keys(testing).sort(), counts }));
  process.exit();
});
