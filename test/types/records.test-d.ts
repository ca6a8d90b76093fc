import type { KafkaRecord, StreamRecord, WindowedRecord, WithKey, WithValue } from 'millrace';
import { expectTypeOf } from 'vitest';

// Another value or key, and what else a record is stays.
expectTypeOf<WithValue<KafkaRecord<'k', 'v'>, number>>().toEqualTypeOf<KafkaRecord<'k', number>>();
expectTypeOf<WithValue<WindowedRecord<'k', 'v'>, number>>().toEqualTypeOf<WindowedRecord<'k', number>>();
expectTypeOf<WithValue<StreamRecord<'k', 'v'>, number>>().toEqualTypeOf<StreamRecord<'k', number>>();
expectTypeOf<WithKey<KafkaRecord<'k', 'v'>, number>>().toEqualTypeOf<KafkaRecord<number, 'v'>>();
expectTypeOf<WithKey<WindowedRecord<'k', 'v'>, number>>().toEqualTypeOf<WindowedRecord<number, 'v'>>();

// Of a union each part for itself.
expectTypeOf<WithValue<KafkaRecord<1, 1> | WindowedRecord<2, 2>, 3>>().toEqualTypeOf<KafkaRecord<1, 3> | WindowedRecord<2, 3>>();

// A record of something narrower is one of something wider, and no other way round.
expectTypeOf<KafkaRecord<string, 'a'>>().toExtend<KafkaRecord<unknown, string>>();
expectTypeOf<KafkaRecord<unknown, string>>().not.toExtend<KafkaRecord<string, 'a'>>();
expectTypeOf<KafkaRecord<string, string>>().toExtend<StreamRecord>();
expectTypeOf<WindowedRecord<string, string>>().not.toExtend<KafkaRecord<string, string>>();
