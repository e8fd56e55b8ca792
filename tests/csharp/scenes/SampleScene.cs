// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using Hemline.Engine;
using UnityEngine;

namespace Hemline.Tests
{
    /// <summary>Hemline's arrays as a scene of Unity: bones as transforms, vertices split as by texture seams.</summary>
    internal sealed class SampleScene
    {
        internal SampleScene(string name, Skeleton skeleton)
        {
            Root = new GameObject(name);
            Bones = new Transform[skeleton.Names.Count];
            for (int bone = 0; bone < Bones.Length; bone++)
            {
                Bones[bone] = new GameObject(skeleton.Names[bone]).transform;
                int parent = skeleton.Parents[bone];
                Bones[bone].SetParent(parent < 0 ? Root.transform : Bones[parent], false);
                Matrix4x4 matrix = EngineSpans.ToUnity(Matrices.At(skeleton.Matrices, bone));
                Bones[bone].position = new Vector3(matrix[0, 3], matrix[1, 3], matrix[2, 3]);
            }
        }

        internal GameObject Root { get; }

        internal Transform[] Bones { get; }

        internal static SampleScene Of(Outfit outfit, string name)
        {
            var scene = new SampleScene(name, outfit.Skeleton);
            foreach (CostumeMesh mesh in outfit.Meshes)
            {
                scene.Add(mesh);
            }

            return scene;
        }

        internal static SampleScene Of(Body body, string name, string meshName)
        {
            var scene = new SampleScene(name, body.Skeleton);
            scene.Add(new CostumeMesh(meshName, body.Points, body.Triangles, body.Weights));
            return scene;
        }

        internal SkinnedMeshRenderer Add(CostumeMesh source)
        {
            var owner = new GameObject(source.Name);
            owner.transform.SetParent(Root.transform, false);
            var renderer = owner.AddComponent<SkinnedMeshRenderer>();
            renderer.sharedMesh = MakeMesh(source);
            renderer.bones = Bones;
            renderer.sharedMesh.bindposes = Array.ConvertAll(
                Bones, bone => bone.worldToLocalMatrix * owner.transform.localToWorldMatrix);
            return renderer;
        }

        /// <summary>The vertex of the arrays that each vertex of a made mesh is.</summary>
        internal static int[] Origins(CostumeMesh source)
        {
            // Each seventh triangle has its first corner split off.
            var split = source.Triangles.Where((vertex, corner) => corner % 21 == 0);
            return Enumerable.Range(0, source.Points.Length / 3).Concat(split).ToArray();
        }

        static Mesh MakeMesh(CostumeMesh source)
        {
            int[] origins = Origins(source);
            int[] triangles = new int[source.Triangles.Length];
            Axes.FlipTriangles(source.Triangles, triangles);
            int next = source.Points.Length / 3;
            for (int corner = 0; corner < triangles.Length; corner += 21)
            {
                triangles[corner] = next++;
            }

            var mesh = new Mesh { name = source.Name + " mesh", vertices = Vectors(source.Points, origins) };
            mesh.SubMeshes.Add(triangles.Take(triangles.Length / 2 / 3 * 3).ToArray());
            mesh.SubMeshes.Add(triangles.Skip(triangles.Length / 2 / 3 * 3).ToArray());
            mesh.normals = Vectors(SurfaceNormals.Of(source.Points, source.Triangles), origins);
            mesh.tangents = Array.ConvertAll(mesh.normals, n => new Vector4(n.y, n.z, n.x, -1));
            BoneWeights.Write(mesh, Picked(source.Weights, origins).Rows);
            foreach (ShapeKey key in source.ShapeKeys)
            {
                Vector3[] displacements = Vectors(key.Displacements, origins);
                mesh.AddBlendShapeFrame(key.Name, 80, displacements, displacements, null);
            }

            return mesh;
        }

        internal static RowArrays Picked(RowArrays rows, int[] origins)
        {
            var offsets = new List<int> { 0 };
            var entries = new List<int>();
            foreach (int origin in origins)
            {
                int first = rows.Offsets[origin];
                entries.AddRange(Enumerable.Range(first, rows.Offsets[origin + 1] - first));
                offsets.Add(entries.Count);
            }

            return new RowArrays(
                offsets.ToArray(),
                entries.Select(entry => rows.Groups[entry]).ToArray(),
                entries.Select(entry => rows.Weights[entry]).ToArray(),
                rows.GroupCount);
        }

        internal static Vector3[] Vectors(float[] points, int[] origins)
        {
            float[] unity = new float[points.Length];
            Axes.ToUnity(points, unity);
            return Array.ConvertAll(origins, v => new Vector3(unity[3 * v], unity[3 * v + 1], unity[3 * v + 2]));
        }
    }
}
