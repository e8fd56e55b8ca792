// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using UnityEngine;

namespace Hemline.Engine
{
    /// <summary>
    /// The mesh of a renderer as hemline's arrays: in the space of a root, hemline's axes, split vertices
    /// joined. Results go back into a copy of the mesh.
    /// </summary>
    public sealed class MeshArrays
    {
        /// <summary>Metres by which vertices may be off their places at rest.</summary>
        const double RestTolerance = 0.001;

        readonly Mesh mesh;
        readonly Matrix4x4 toRoot;
        readonly Welding welding;
        readonly float[] frameWeights;

        MeshArrays(Renderer renderer, Mesh mesh, Matrix4x4[] maps)
        {
            this.mesh = mesh;
            Name = renderer.name;
            toRoot = maps[0];
            float[] vertices = Points(mesh.vertices);
            RowArrays rows = Rows(mesh, maps.Length);
            ShapeKey[] keys = ReadKeys(mesh, out frameWeights);
            welding = new Welding(mesh.vertexCount, vertices, (a, b) => SameRow(rows, a, b) && keys.All(
                key => SameVector(key.Displacements, a, b)));
            Triangles = welding.Join(ReadTriangles(mesh, renderer.name, Determinant(toRoot) < 0));
            Weights = welding.Join(rows);
            double[] posed = maps.SelectMany(map => map.FromUnity()).ToArray();
            SkinnedPoints moved = Skinning.ByDeltas(
                Weights.Rows, posed, welding.Join(vertices, 3),
                keys.SelectMany(key => welding.Join(key.Displacements, 3)).ToArray());
            RootPoints = moved.Positions;
            ShapeKeys = ShapeKey.Split(keys.Select(key => key.Name), moved.Displacements);
        }

        /// <summary>Name of the renderer's object.</summary>
        public string Name { get; }

        /// <summary>Positions in the root's space, 3 numbers a point, hemline's axes.</summary>
        public float[] RootPoints { get; }

        /// <summary>Points, 3 a triangle.</summary>
        public int[] Triangles { get; }

        /// <summary>A row a point over the renderer's bones; over one for a renderer without bones.</summary>
        public RowArrays Weights { get; }

        /// <summary>Blend shapes (the last frame of each), in the root's space.</summary>
        public IReadOnlyList<ShapeKey> ShapeKeys { get; }

        /// <summary>Reads the mesh of a SkinnedMeshRenderer, or of a MeshRenderer with its MeshFilter.</summary>
        /// <param name="renderer">The renderer; its bones are as they stand now.</param>
        /// <param name="root">The space of the result; null for the world.</param>
        /// <exception cref="RetargetException">There is no mesh, or it cannot be read.</exception>
        public static MeshArrays Read(Renderer renderer, Transform root = null)
        {
            var skinned = renderer as SkinnedMeshRenderer;
            var filter = renderer.GetComponent<MeshFilter>();
            Mesh mesh = skinned != null ? skinned.sharedMesh : filter != null ? filter.sharedMesh : null;
            if (mesh == null)
            {
                throw new RetargetException(renderer.name + " has no mesh");
            }

            if (!mesh.isReadable)
            {
                throw new RetargetException(
                    "the mesh " + mesh.name + " cannot be read: turn on Read/Write in its import settings");
            }

            Matrix4x4 toRoot = root == null ? Matrix4x4.identity : root.worldToLocalMatrix;
            return new MeshArrays(renderer, mesh, Maps(renderer, skinned, mesh, toRoot));
        }

        /// <summary>A copy of the mesh with other weights, which stays where it is.</summary>
        /// <param name="weights">A row a point, over <paramref name="bones"/>.</param>
        /// <param name="bones">The bones, standing as they do for the points.</param>
        /// <param name="root">The root that it was read in.</param>
        /// <exception cref="RetargetException">The renderer stands in a pose other than that of its mesh.</exception>
        public Mesh WithWeights(WeightRows weights, Transform[] bones, Transform root = null)
        {
            CheckAtRest();
            Mesh copy = UnityEngine.Object.Instantiate(mesh);
            copy.name = mesh.name;
            BoneWeights.Write(copy, welding.Split(new RowArrays(weights)).Rows);
            Matrix4x4 toWorld = root == null ? toRoot : root.localToWorldMatrix * toRoot;
            copy.bindposes = Array.ConvertAll(bones, bone => bone.worldToLocalMatrix * toWorld);
            return copy;
        }

        /// <summary>A copy of the mesh with another shape and other weights, whose vertices are in the root's space.</summary>
        /// <param name="points">As many as <see cref="RootPoints"/>.</param>
        /// <param name="shapeKeys">Displacements from them.</param>
        /// <param name="weights">A row a point, over <paramref name="bones"/>.</param>
        /// <param name="bones">The bones, standing as they do for the points.</param>
        /// <param name="root">The root of the result, which may be another than that it was read in.</param>
        public Mesh WithShape(
            float[] points, IReadOnlyList<ShapeKey> shapeKeys, WeightRows weights, Transform[] bones, Transform root)
        {
            Arguments.Length(points.Length, RootPoints.Length, nameof(points));
            Mesh copy = UnityEngine.Object.Instantiate(mesh);
            copy.name = mesh.name;
            copy.vertices = Vectors(welding.Split(points, 3));
            BoneWeights.Write(copy, welding.Split(new RowArrays(weights)).Rows);
            copy.bindposes = Array.ConvertAll(bones, bone => bone.worldToLocalMatrix * root.localToWorldMatrix);
            float[] before = SurfaceNormals.Of(RootPoints, Triangles), after = SurfaceNormals.Of(points, Triangles);
            TurnNormals(copy, before, after);
            WriteKeys(copy, points, after, shapeKeys);
            copy.RecalculateBounds();
            return copy;
        }

        /// <summary>All bones must take the mesh's vertices to the same places.</summary>
        internal void CheckAtRest()
        {
            double[] map = toRoot.FromUnity();
            float[] points = welding.Join(Points(mesh.vertices), 3);
            for (int p = 0; p < points.Length; p++)
            {
                int row = 4 * (p % 3), first = p - p % 3;
                double place = map[row] * points[first] + map[row + 1] * points[first + 1]
                    + map[row + 2] * points[first + 2] + map[row + 3];
                if (Math.Abs(place - RootPoints[p]) > RestTolerance)
                {
                    throw new RetargetException(
                        Name + " stands in a pose; bring its bones to the pose in which it was bound (that of its prefab)");
                }
            }
        }

        /// <summary>Where each bone takes the mesh's vertices: into the root's space.</summary>
        static Matrix4x4[] Maps(Renderer renderer, SkinnedMeshRenderer skinned, Mesh mesh, Matrix4x4 toRoot)
        {
            Matrix4x4[] bindposes = mesh.bindposes;
            if (skinned == null || skinned.bones.Length == 0 || bindposes.Length == 0)
            {
                return new[] { toRoot * renderer.transform.localToWorldMatrix };
            }

            Transform[] bones = skinned.bones;
            if (bones.Length != bindposes.Length)
            {
                throw new RetargetException(
                    renderer.name + " has " + bones.Length + " bones, expected " + bindposes.Length + " as its mesh has");
            }

            var maps = new Matrix4x4[bones.Length];
            for (int bone = 0; bone < maps.Length; bone++)
            {
                if (bones[bone] == null)
                {
                    throw new RetargetException(renderer.name + " has no bone at place " + bone + " of its bones");
                }

                maps[bone] = toRoot * bones[bone].localToWorldMatrix * bindposes[bone];
            }

            return maps;
        }

        static RowArrays Rows(Mesh mesh, int boneCount)
        {
            RowArrays rows = BoneWeights.Read(mesh, boneCount);
            if (rows.VertexCount == mesh.vertexCount)
            {
                WeightCleanup.Normalize(rows.Rows, rows.Weights);
                return rows;
            }

            return new RowArrays(
                Enumerable.Range(0, mesh.vertexCount + 1).ToArray(),
                new int[mesh.vertexCount],
                Enumerable.Repeat(1f, mesh.vertexCount).ToArray(),
                boneCount);
        }

        static int[] ReadTriangles(Mesh mesh, string name, bool mirrored)
        {
            var all = new List<int>();
            for (int part = 0; part < mesh.subMeshCount; part++)
            {
                if (mesh.GetTopology(part) != MeshTopology.Triangles)
                {
                    throw new RetargetException(
                        name + " has " + mesh.GetTopology(part) + " in its sub-mesh " + part + ", expected triangles");
                }

                all.AddRange(mesh.GetTriangles(part));
            }

            int[] triangles = all.ToArray();
            if (!mirrored)
            {
                // A mirroring transform has turned them already.
                Axes.FlipTriangles(triangles, triangles);
            }

            return triangles;
        }

        static ShapeKey[] ReadKeys(Mesh mesh, out float[] frameWeights)
        {
            var keys = new ShapeKey[mesh.blendShapeCount];
            frameWeights = new float[keys.Length];
            for (int key = 0; key < keys.Length; key++)
            {
                int frame = mesh.GetBlendShapeFrameCount(key) - 1;
                var displacements = new Vector3[mesh.vertexCount];
                mesh.GetBlendShapeFrameVertices(key, frame, displacements, null, null);
                frameWeights[key] = mesh.GetBlendShapeFrameWeight(key, frame);
                keys[key] = new ShapeKey(mesh.GetBlendShapeName(key), Points(displacements));
            }

            return keys;
        }

        /// <summary>Normals and tangents turn with the surface, so that hard edges and custom normals stay.</summary>
        void TurnNormals(Mesh copy, float[] before, float[] after)
        {
            Vector3[] normals = mesh.normals;
            if (normals.Length == mesh.vertexCount)
            {
                copy.normals = Turned(normals, before, after);
            }

            Vector4[] tangents = mesh.tangents;
            if (tangents.Length == mesh.vertexCount)
            {
                Vector3[] turned = Turned(
                    Array.ConvertAll(tangents, tangent => new Vector3(tangent.x, tangent.y, tangent.z)), before, after);
                copy.tangents = turned.Select(
                    (tangent, v) => new Vector4(tangent.x, tangent.y, tangent.z, tangents[v].w)).ToArray();
            }
        }

        Vector3[] Turned(Vector3[] directions, float[] before, float[] after)
        {
            float[] turned = Points(Array.ConvertAll(directions, d => toRoot.MultiplyVector(d).normalized));
            for (int vertex = 0; vertex < directions.Length; vertex++)
            {
                SurfaceNormals.Turn(before, after, welding.PointOf[vertex], turned, vertex);
            }

            return Vectors(turned);
        }

        void WriteKeys(Mesh copy, float[] points, float[] normals, IReadOnlyList<ShapeKey> shapeKeys)
        {
            copy.ClearBlendShapes();
            for (int key = 0; key < shapeKeys.Count; key++)
            {
                float[] displacements = shapeKeys[key].Displacements;
                float[] displaced = points.Select((number, p) => number + displacements[p]).ToArray();
                float[] turned = SurfaceNormals.Of(displaced, Triangles);
                float[] changes = turned.Select((number, p) => number - normals[p]).ToArray();
                copy.AddBlendShapeFrame(
                    shapeKeys[key].Name, FrameWeight(shapeKeys[key].Name), Vectors(welding.Split(displacements, 3)),
                    Vectors(welding.Split(changes, 3)), null);
            }
        }

        float FrameWeight(string name)
        {
            int known = mesh.GetBlendShapeIndex(name);
            return known >= 0 ? frameWeights[known] : 100;
        }

        static float[] Points(Vector3[] vectors)
        {
            float[] points = new float[3 * vectors.Length];
            Axes.FromUnity(vectors.ViewFloats(), points);
            return points;
        }

        static Vector3[] Vectors(float[] points)
        {
            var vectors = new Vector3[points.Length / 3];
            Axes.ToUnity(points, vectors.ViewFloats());
            return vectors;
        }

        static double Determinant(Matrix4x4 matrix)
        {
            return Matrices.Determinant(matrix.FromUnity(), 0);
        }

        static bool SameRow(RowArrays rows, int a, int b)
        {
            int first = rows.Offsets[a], second = rows.Offsets[b], count = rows.Offsets[a + 1] - first;
            return count == rows.Offsets[b + 1] - second
                && rows.Groups.AsSpan(first, count).SequenceEqual(rows.Groups.AsSpan(second, count))
                && rows.Weights.AsSpan(first, count).SequenceEqual(rows.Weights.AsSpan(second, count));
        }

        static bool SameVector(float[] vectors, int a, int b)
        {
            return vectors[3 * a] == vectors[3 * b] && vectors[3 * a + 1] == vectors[3 * b + 1]
                && vectors[3 * a + 2] == vectors[3 * b + 2];
        }
    }
}
