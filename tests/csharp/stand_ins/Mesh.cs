// SPDX-License-Identifier: MIT OR Apache-2.0
// Stand-ins for Unity's types; see Mathematics.cs.
using System;
using System.Collections.Generic;
using System.Linq;
using Unity.Collections;

namespace UnityEngine
{
    public enum MeshTopology
    {
        Triangles = 0,
        Quads = 2,
    }

    public struct BoneWeight1
    {
        public float weight { get; set; }

        public int boneIndex { get; set; }
    }

    /// <summary>Refuses what Unity refuses: arrays of other lengths, weights that are not sorted.</summary>
    public sealed class Mesh : Object
    {
        List<BlendShape> shapes = new List<BlendShape>();
        byte[] bonesPerVertex = new byte[0];
        BoneWeight1[] boneWeights = new BoneWeight1[0];
        Vector3[] points = new Vector3[0], ownNormals = new Vector3[0];
        Vector4[] ownTangents = new Vector4[0];

        public bool isReadable { get; set; } = true;

        public int vertexCount
        {
            get { return points.Length; }
        }

        public Vector3[] vertices
        {
            get { return (Vector3[])points.Clone(); }
            set { points = (Vector3[])value.Clone(); }
        }

        public Vector3[] normals
        {
            get { return (Vector3[])ownNormals.Clone(); }
            set { ownNormals = (Vector3[])Checked(value).Clone(); }
        }

        public Vector4[] tangents
        {
            get { return (Vector4[])ownTangents.Clone(); }
            set { ownTangents = (Vector4[])Checked(value).Clone(); }
        }

        public Matrix4x4[] bindposes { get; set; } = new Matrix4x4[0];

        public Bounds bounds { get; private set; }

        public int subMeshCount
        {
            get { return SubMeshes.Count; }
        }

        public int blendShapeCount
        {
            get { return shapes.Count; }
        }

        internal List<int[]> SubMeshes { get; private set; } = new List<int[]>();

        internal MeshTopology Topology { get; set; } = MeshTopology.Triangles;

        public MeshTopology GetTopology(int part)
        {
            return Topology;
        }

        public int[] GetTriangles(int part)
        {
            return (int[])SubMeshes[part].Clone();
        }

        public NativeArray<byte> GetBonesPerVertex()
        {
            return Native(bonesPerVertex);
        }

        public NativeArray<BoneWeight1> GetAllBoneWeights()
        {
            return Native(boneWeights);
        }

        public void SetBoneWeights(NativeArray<byte> counts, NativeArray<BoneWeight1> weights)
        {
            byte[] newCounts = Enumerable.Range(0, counts.Length).Select(vertex => counts[vertex]).ToArray();
            BoneWeight1[] newWeights = Enumerable.Range(0, weights.Length).Select(entry => weights[entry]).ToArray();
            Checked(newCounts);
            int first = 0;
            foreach (byte count in newCounts)
            {
                if (count == 0)
                {
                    throw new ArgumentException("a vertex without weights");
                }

                for (int entry = first + 1; entry < first + count; entry++)
                {
                    if (newWeights[entry].weight > newWeights[entry - 1].weight)
                    {
                        throw new ArgumentException("weights that do not descend");
                    }
                }

                first += count;
            }

            if (first != newWeights.Length)
            {
                throw new ArgumentException("as many weights as counts say");
            }

            bonesPerVertex = newCounts;
            boneWeights = newWeights;
        }

        public string GetBlendShapeName(int shape)
        {
            return shapes[shape].Name;
        }

        public int GetBlendShapeIndex(string shape)
        {
            return shapes.FindIndex(known => known.Name == shape);
        }

        public int GetBlendShapeFrameCount(int shape)
        {
            return 1;
        }

        public float GetBlendShapeFrameWeight(int shape, int frame)
        {
            return shapes[shape].Weight;
        }

        public void GetBlendShapeFrameVertices(
            int shape, int frame, Vector3[] deltaVertices, Vector3[] deltaNormals, Vector3[] deltaTangents)
        {
            shapes[shape].Vertices.CopyTo(deltaVertices, 0);
        }

        public void ClearBlendShapes()
        {
            shapes.Clear();
        }

        public void AddBlendShapeFrame(
            string shape, float weight, Vector3[] deltaVertices, Vector3[] deltaNormals, Vector3[] deltaTangents)
        {
            if (GetBlendShapeIndex(shape) >= 0)
            {
                throw new ArgumentException("frames of one shape must ascend");
            }

            shapes.Add(new BlendShape
            {
                Name = shape, Weight = weight, Vertices = Checked(deltaVertices), Normals = Checked(deltaNormals),
            });
        }

        public void RecalculateBounds()
        {
            bounds = new Bounds
            {
                min = new Vector3(points.Min(p => p.x), points.Min(p => p.y), points.Min(p => p.z)),
                max = new Vector3(points.Max(p => p.x), points.Max(p => p.y), points.Max(p => p.z)),
            };
        }

        internal Mesh Copy()
        {
            var copy = (Mesh)MemberwiseClone();
            copy.name = name + "(Clone)";
            copy.shapes = shapes.ToList();
            return copy;
        }

        T[] Checked<T>(T[] values)
        {
            if (values.Length != vertexCount)
            {
                throw new ArgumentException("has length " + values.Length + ", expected one for each vertex: " + vertexCount);
            }

            return values;
        }

        /// <summary>Unity's belong to the mesh; these are never freed.</summary>
        static NativeArray<T> Native<T>(T[] values) where T : struct
        {
            var native = new NativeArray<T>(values.Length, Allocator.Temp);
            for (int index = 0; index < values.Length; index++)
            {
                native[index] = values[index];
            }

            return native;
        }

        struct BlendShape
        {
            internal string Name;
            internal float Weight;
            internal Vector3[] Vertices, Normals;
        }
    }
}
