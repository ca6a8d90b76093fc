import { describe, expect } from 'vitest';
import { behaviourOf, eventually } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('frozen clients of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour(
    'a member that is frozen for longer than its session is replaced, and its commit is refused when it is thawed',
    async (trial) => {
      const topic = await trial.topic();
      await trial.send(topic, [{ value: 'x' }]);
      const zombie = broker.zombie({ groupId: trial.groupId, topic, sessionTimeout: 2_000 });
      try {
        await zombie.hasRead;
        const thaw = zombie.freeze();
        const heir = await trial.member({ topics: [topic] });
        await eventually(() => expect(heir.values()).toEqual(['x']));
        await heir.consumer.commitOffsets([{ topic, partition: 0, offset: '1', metadata: 'heir' }]);
        const outcome = zombie.commit();
        thaw();
        expect(await outcome).toBe('UNKNOWN_MEMBER_ID');
        expect(await trial.committed(topic)).toMatchObject([{ offset: '1', metadata: 'heir' }]);
      } finally {
        zombie.end();
      }
    },
  );

  behaviour('a member that is frozen for less than its session commits as if nothing had been', async (trial) => {
    const topic = await trial.topic();
    await trial.send(topic, [{ value: 'x' }]);
    const zombie = broker.zombie({ groupId: trial.groupId, topic, sessionTimeout: 6_000 });
    try {
      await zombie.hasRead;
      const thaw = zombie.freeze();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const outcome = zombie.commit();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await trial.committed(topic)).toMatchObject([{ offset: '-1' }]);
      thaw();
      expect(await outcome).toBe('is stored');
      expect(await trial.committed(topic)).toMatchObject([{ offset: '1' }]);
    } finally {
      zombie.end();
    }
  });
});
