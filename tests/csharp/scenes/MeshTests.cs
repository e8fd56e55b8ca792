// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Linq;
using Hemline.Engine;
using NUnit.Framework;
using Unity.Collections;
using UnityEngine;

namespace Hemline.Tests
{
    /// <summary>Unity's meshes to arrays and back, against stand-ins for Unity's types.</summary>
    [TestFixture]
    public class MeshTests
    {
        const int Rings = 8, Sides = 6;

        static CostumeMesh Tube(float shift = 0)
        {
            float[] points = TestMeshes.TubePoints(Rings, Sides, 0.2f);
            float[] key = points.Select((number, p) => p % 3 == 0 ? 0.1f * number : 0).ToArray();
            RowArrays rows = TestMeshes.TubeWeights(points);
            for (int p = 0; p < points.Length; p += 3)
            {
                points[p] += shift;
            }

            return new CostumeMesh(
                "Tube", points, TestMeshes.TubeTriangles(Rings, Sides), rows, new[] { new ShapeKey("Wide", key) });
        }

        static SampleScene Scene(out SkinnedMeshRenderer renderer)
        {
            double[] matrices = Matrices.Identities(2);
            matrices[16 + 11] = 0.5;
            var scene = new SampleScene("Root", new Skeleton(new[] { "low", "high" }, new[] { -1, 0 }, matrices));
            renderer = scene.Add(Tube());
            return scene;
        }

        [Test]
        public void WeightsBothWays()
        {
            var rows = new RowArrays(
                new[] { 0, 3, 3, 4, 6 }, new[] { 0, 2, 5, 1, 3, 4 }, new[] { 0.2f, 0.5f, 0.3f, 1, 0.5f, 0.5f }, 6);
            byte[] counts = new byte[4];
            var weights = new BoneWeight1[BoneWeights.UnityLength(rows.Rows)];
            BoneWeights.ToUnity(rows.Rows, counts, weights);
            CollectionAssert.AreEqual(new byte[] { 3, 1, 1, 2 }, counts);
            CollectionAssert.AreEqual(new[] { 2, 5, 0, 0, 1, 3, 4 }, weights.Select(weight => weight.boneIndex));
            CollectionAssert.AreEqual(
                new[] { 0.5f, 0.3f, 0.2f, 0, 1, 0.5f, 0.5f }, weights.Select(weight => weight.weight));
            RowArrays back = BoneWeights.FromUnity(counts, weights, 6);
            CollectionAssert.AreEqual(rows.Offsets, back.Offsets);
            CollectionAssert.AreEqual(rows.Groups, back.Groups);
            CollectionAssert.AreEqual(rows.Weights, back.Weights);
        }

        [Test]
        public void NativeArraysAreViewedInPlace()
        {
            float[] points = TestMeshes.TubePoints(Rings, Sides, 0.2f);
            using (var vectors = new NativeArray<Vector3>(points.Length / 3, Allocator.Temp))
            using (var triangles = new NativeArray<int>(6 * Rings * Sides, Allocator.Temp))
            {
                points.CopyTo(vectors.ViewFloats());
                TestMeshes.TubeTriangles(Rings, Sides).CopyTo(triangles.View());
                Assert.AreEqual(points[4], vectors[1].y);
                using (Surface surface = Surface.Create(vectors.ViewFloats(), triangles.ReadOnlyView()))
                {
                    Assert.AreEqual(points.Length / 3, surface.VertexCount);
                    Axes.FromUnity(vectors.ViewFloats(), vectors.ViewFloats());
                    Assert.AreEqual(-points[3], vectors[1].x);
                }
            }
        }

        [Test]
        public void MatricesBothWays()
        {
            double[] matrix = { 0, -2, 0, 5, 3, 0, 0.5, 6, 0, 0.25, 1, 7, 0, 0, 0, 1 };
            CollectionAssert.AreEqual(matrix, EngineSpans.ToUnity(matrix).FromUnity());
        }

        [Test]
        public void SplitVerticesAreJoined()
        {
            SkinnedMeshRenderer renderer;
            Scene(out renderer);
            CostumeMesh tube = Tube();
            Assert.Greater(renderer.sharedMesh.vertexCount, tube.Points.Length / 3);
            MeshArrays read = MeshArrays.Read(renderer);
            Expected.SameBits(tube.Points, read.RootPoints, "points");
            CollectionAssert.AreEqual(tube.Triangles, Rotated(read.Triangles, tube.Triangles));
            Assert.AreEqual(tube.Weights.VertexCount, read.Weights.VertexCount);
            Expected.SameBits(tube.ShapeKeys[0].Displacements, read.ShapeKeys[0].Displacements, "key");
        }

        [Test]
        public void VerticesOfOtherWeightsStayApart()
        {
            var mesh = new Mesh { vertices = new Vector3[4] };
            mesh.SubMeshes.Add(new[] { 0, 1, 2, 1, 2, 3 });
            BoneWeights.Write(mesh, new RowArrays(
                new[] { 0, 1, 2, 3, 4 }, new[] { 0, 1, 0, 1 }, new[] { 1f, 1, 1, 1 }, 2).Rows);
            SampleScene scene = Scene(out SkinnedMeshRenderer renderer);
            mesh.bindposes = renderer.sharedMesh.bindposes;
            renderer.sharedMesh = mesh;
            Assert.AreEqual(2, MeshArrays.Read(renderer).RootPoints.Length / 3);
            Assert.AreEqual(scene.Bones.Length, renderer.bones.Length);
        }

        [Test]
        public void ARootsSpaceAndItsMirror()
        {
            SkinnedMeshRenderer renderer;
            SampleScene scene = Scene(out renderer);
            Matrix4x4 place = Matrix4x4.identity;
            place[0, 0] = -1;
            place[1, 3] = 4;
            scene.Root.transform.Local = place;
            MeshArrays inRoot = MeshArrays.Read(renderer, scene.Root.transform), inWorld = MeshArrays.Read(renderer);
            Expected.SameBits(Tube().Points, inRoot.RootPoints, "in the root's space");
            for (int p = 0; p < inWorld.RootPoints.Length; p += 3)
            {
                Assert.AreEqual(-inRoot.RootPoints[p], inWorld.RootPoints[p], 1e-6);
                Assert.AreEqual(inRoot.RootPoints[p + 2] + 4, inWorld.RootPoints[p + 2], 1e-6);
            }

            // Outwards is outwards in either.
            float[] centre = { 0, 0, 0.5f }, above = { 0, 0, 4.5f };
            Assert.Greater(Depth(inRoot, centre), 0.1f);
            Assert.Greater(Depth(inWorld, above), 0.1f);
        }

        [Test]
        public void AShapeTurnsNormalsAndTangents()
        {
            SkinnedMeshRenderer renderer;
            SampleScene scene = Scene(out renderer);
            MeshArrays read = MeshArrays.Read(renderer, scene.Root.transform);
            // A quarter turn about x: y to z.
            float[] turned = read.RootPoints.Select((number, p) => p % 3 == 0 ? number
                : p % 3 == 1 ? -read.RootPoints[p + 1] : read.RootPoints[p - 1]).ToArray();
            Mesh made = read.WithShape(turned, read.ShapeKeys, read.Weights.Rows, renderer.bones, scene.Root.transform);
            float[] normals = SurfaceNormals.Of(turned, read.Triangles);
            Vector3[] expected = SampleScene.Vectors(normals, SampleScene.Origins(Tube()));
            for (int vertex = 0; vertex < expected.Length; vertex++)
            {
                Near(expected[vertex], made.normals[vertex]);
                Vector4 tangent = made.tangents[vertex];
                float length = tangent.x * tangent.x + tangent.y * tangent.y + tangent.z * tangent.z;
                Assert.AreEqual(1, length, 1e-5);
                Assert.AreEqual(-1, tangent.w);
            }

            CollectionAssert.AreEqual(SampleScene.Vectors(turned, SampleScene.Origins(Tube())), made.vertices);
            Assert.AreEqual(1, made.bounds.max.y - made.bounds.min.y + made.bounds.max.z - made.bounds.min.z, 0.5);
            Assert.AreEqual(80, made.GetBlendShapeFrameWeight(0, 0));
        }

        [Test]
        public void APosedRendererIsReadAsItStands()
        {
            SkinnedMeshRenderer renderer;
            SampleScene scene = Scene(out renderer);
            scene.Bones[1].position = new Vector3(0.3f, 0.5f, 0);
            MeshArrays read = MeshArrays.Read(renderer);
            int last = read.RootPoints.Length - 3;
            Assert.AreEqual(Tube().Points[last] - 0.3f, read.RootPoints[last], 1e-6);
            Assert.AreEqual(Tube().Points[0], read.RootPoints[0], 1e-6);
            var error = Assert.Throws<RetargetException>(() => read.WithWeights(read.Weights.Rows, renderer.bones));
            StringAssert.Contains("Tube stands in a pose", error.Message);
        }

        [Test]
        public void MeshesThatCannotBeRead()
        {
            SkinnedMeshRenderer renderer;
            Scene(out renderer);
            renderer.sharedMesh.isReadable = false;
            StringAssert.Contains("Read/Write", Fault(renderer));
            renderer.sharedMesh.isReadable = true;
            renderer.sharedMesh.Topology = MeshTopology.Quads;
            StringAssert.Contains("expected triangles", Fault(renderer));
            renderer.sharedMesh.Topology = MeshTopology.Triangles;
            renderer.bones = renderer.bones.Take(1).ToArray();
            StringAssert.Contains("has 1 bones, expected 2", Fault(renderer));
            renderer.bones = new Transform[2];
            StringAssert.Contains("has no bone at place 0", Fault(renderer));
            renderer.sharedMesh = null;
            StringAssert.Contains("has no mesh", Fault(renderer));
        }

        static string Fault(Renderer renderer)
        {
            return Assert.Throws<RetargetException>(() => MeshArrays.Read(renderer)).Message;
        }

        static float Depth(MeshArrays mesh, float[] point)
        {
            using (Surface surface = Surface.Create(mesh.RootPoints, mesh.Triangles))
            {
                return Penetration.Measure(surface, point)[0];
            }
        }

        /// <summary>Triangles that begin at the same corner as others do.</summary>
        static int[] Rotated(int[] triangles, int[] like)
        {
            int[] rotated = (int[])triangles.Clone();
            for (int t = 0; t < rotated.Length; t += 3)
            {
                for (int turn = 0; turn < 3 && rotated[t] != like[t]; turn++)
                {
                    int first = rotated[t];
                    rotated[t] = rotated[t + 1];
                    rotated[t + 1] = rotated[t + 2];
                    rotated[t + 2] = first;
                }
            }

            return rotated;
        }

        static void Near(Vector3 expected, Vector3 found)
        {
            Assert.AreEqual(expected.x, found.x, 1e-5);
            Assert.AreEqual(expected.y, found.y, 1e-5);
            Assert.AreEqual(expected.z, found.z, 1e-5);
        }
    }
}
