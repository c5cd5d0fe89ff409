"""The examples do what they say."""

from __future__ import annotations

import unittest

import gym_loop
import kubernetes
import orrery
from orrery_container import OrreryContainer


class GymLoop(unittest.TestCase):
    def test_rewards_are_equal_for_equal_seeds_and_who_acts_has_more(self) -> None:
        with orrery.start() as server:
            env = gym_loop.RolloutEnv(server)
            patient = [gym_loop.episode(env, gym_loop.patient, seed) for seed in (0, 0, 1)]
            watchful = [gym_loop.episode(env, gym_loop.watchful, seed) for seed in (0, 0, 1)]
            rambling = [gym_loop.episode(env, gym_loop.rambling(7), 0) for _ in range(2)]
            env.close()
            self.assertEqual(server.clusters(), [])
        self.assertEqual(patient[0], patient[1])
        self.assertEqual(watchful[0], watchful[1])
        self.assertEqual(rambling[0], rambling[1])
        self.assertLess(patient[0], 0)
        self.assertGreater(watchful[0], patient[0])

    def test_a_step_before_a_reset_is_refused(self) -> None:
        with orrery.start() as server:
            env = gym_loop.RolloutEnv(server)
            with self.assertRaisesRegex(RuntimeError, "reset comes first"):
                env.step(0)


class Container(unittest.TestCase):
    container: OrreryContainer

    @classmethod
    def setUpClass(cls) -> None:
        cls.container = cls.enterClassContext(OrreryContainer(nodes=2).with_manifests(gym_loop.MANIFEST))

    def test_everything_is_there_at_the_start(self) -> None:
        deployment = kubernetes.client.AppsV1Api(self.container.get_client()).read_namespaced_deployment("web", "default")
        self.assertEqual(deployment.status.ready_replicas, 3)

    def test_each_test_has_a_cluster_of_its_own(self) -> None:
        with self.container.fresh() as mine, self.container.fresh() as other:
            mine.fault("node-down", node="node-1")
            mine.advance("10m")
            self.assertNotEqual(mine.info()["digest"], other.info()["digest"])
            self.assertEqual(other.info()["now"], self.container.cluster.now)


if __name__ == "__main__":
    unittest.main()
