import { startKafka } from './startKafka';

// `npm run kafka` is a Kafka to try things with; it ends, and its data goes, with Ctrl-C.
const { bootstrap } = await startKafka();
console.log(`Apache Kafka serves at ${bootstrap}; Ctrl-C ends it`);
setInterval(() => undefined, 60_000);
