import fc from 'fast-check';
import { AssignerProtocol } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import {
  decodeMemberAssignment,
  decodeMemberMetadata,
  encodeMemberAssignment,
  encodeMemberMetadata,
} from '../../src/kafka/assignerProtocol';

const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const userData = fc.uint8Array({ maxLength: 20 });
const metadata = fc.record({ version: fc.integer({ min: 0, max: 3 }), topics: fc.array(topic, { maxLength: 4 }), userData });
const partitions = fc.array(fc.nat(1_000_000), { maxLength: 5 });
const assignment = fc.record({
  version: fc.integer({ min: 0, max: 3 }),
  assignment: fc.dictionary(topic, partitions, { maxKeys: 4, noNullPrototype: true }),
  userData,
});

describe('the protocol of assignors', () => {
  test('writes byte for byte what kafkajs writes', () => {
    fc.assert(
      fc.property(metadata, assignment, (member, given) => {
        const theirs = AssignerProtocol.MemberMetadata.encode({ ...member, userData: Buffer.from(member.userData) });
        expect(encodeMemberMetadata(member)).toEqual(theirs);
        const theirAssignment = AssignerProtocol.MemberAssignment.encode({ ...given, userData: Buffer.from(given.userData) });
        expect(encodeMemberAssignment(given)).toEqual(theirAssignment);
      }),
    );
  });

  test('reads what it has written', () => {
    fc.assert(
      fc.property(metadata, assignment, (member, given) => {
        expect(decodeMemberMetadata(encodeMemberMetadata(member))).toEqual({ ...member, userData: Buffer.from(member.userData) });
        expect(decodeMemberAssignment(encodeMemberAssignment(given))).toEqual({ ...given, userData: Buffer.from(given.userData) });
      }),
    );
  });

  test('reads what a member without words has told as nothing', () => {
    for (const nothing of [new Uint8Array(), Uint8Array.of(0)]) {
      expect(decodeMemberMetadata(nothing)).toBeNull();
      expect(decodeMemberAssignment(nothing)).toBeNull();
    }
  });

  test('reads what lies somewhere in a larger buffer, and no further', () => {
    const member = { version: 1, topics: ['lines'], userData: Uint8Array.of(1, 2) };
    const encoded = encodeMemberMetadata(member);
    const larger = new Uint8Array(100).fill(7);
    larger.set(encoded, 30);
    expect(decodeMemberMetadata(larger.subarray(30, 30 + encoded.length))).toEqual(member);
    expect(() => decodeMemberMetadata(larger.subarray(30, 30 + encoded.length - 4))).toThrow(RangeError);
  });

  test('takes a topic named __proto__ for a topic', () => {
    const assignment = Object.fromEntries([['__proto__', [3]]]);
    const encoded = encodeMemberAssignment({ version: 0, assignment, userData: new Uint8Array() });
    expect(Object.entries(decodeMemberAssignment(encoded)?.assignment ?? {})).toEqual([['__proto__', [3]]]);
  });

  test('reads user data that is null or missing as none', () => {
    const whole = encodeMemberMetadata({ version: 0, topics: ['a'], userData: new Uint8Array() });
    expect(decodeMemberMetadata(whole.subarray(0, -4))?.userData).toHaveLength(0);
    const isNull = Uint8Array.from(whole);
    isNull.fill(0xff, -4);
    expect(decodeMemberMetadata(isNull)?.userData).toHaveLength(0);
  });
});
