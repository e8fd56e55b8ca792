// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;

namespace Hemline
{
    /// <summary>Bones at rest, parents first, in world space and hemline's axes.</summary>
    public sealed class Skeleton
    {
        readonly Dictionary<string, int> index = new Dictionary<string, int>();

        /// <param name="names">Names that all differ.</param>
        /// <param name="parents">The parent of each, <see cref="Library.NoIndex"/> for a root.</param>
        /// <param name="matrices">16 numbers a bone, row-major, affine; the last column is its head.</param>
        /// <exception cref="RetargetException">Two bones have one name.</exception>
        public Skeleton(IReadOnlyList<string> names, int[] parents, double[] matrices)
        {
            Names = Arguments.NotNull(names, nameof(names));
            Parents = Arguments.NotNull(parents, nameof(parents));
            Matrices = Arguments.NotNull(matrices, nameof(matrices));
            Arguments.Length(parents.Length, names.Count, nameof(parents));
            Arguments.Length(matrices.Length, 16L * names.Count, nameof(matrices));
            for (int bone = 0; bone < names.Count; bone++)
            {
                if (index.ContainsKey(names[bone]))
                {
                    throw new RetargetException("there are two bones " + names[bone] + ", expected distinct names");
                }

                index[names[bone]] = bone;
            }
        }

        /// <summary>Names that all differ.</summary>
        public IReadOnlyList<string> Names { get; }

        /// <summary>The parent of each, <see cref="Library.NoIndex"/> for a root.</summary>
        public int[] Parents { get; }

        /// <summary>16 numbers a bone, row-major, affine; the last column is its head.</summary>
        public double[] Matrices { get; }

        /// <summary>The bone with a name, <see cref="Library.NoIndex"/> for none.</summary>
        public int Find(string name)
        {
            int bone;
            return name != null && index.TryGetValue(name, out bone) ? bone : Library.NoIndex;
        }

        /// <summary>The skeleton with each bone moved: delta · matrix.</summary>
        internal Skeleton Posed(double[] deltas)
        {
            return new Skeleton(Names, Parents, Hemline.Matrices.Multiply(deltas, Matrices));
        }
    }

    /// <summary>A shape key (blend shape): displacements from the mesh's points.</summary>
    public sealed class ShapeKey
    {
        /// <param name="name">Its name.</param>
        /// <param name="displacements">3 numbers a vertex.</param>
        public ShapeKey(string name, float[] displacements)
        {
            Name = Arguments.NotNull(name, nameof(name));
            Displacements = Arguments.NotNull(displacements, nameof(displacements));
        }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>3 numbers a vertex.</summary>
        public float[] Displacements { get; }

        /// <summary>Displacements, key after key.</summary>
        internal static float[] Join(IEnumerable<ShapeKey> keys)
        {
            return keys.SelectMany(key => key.Displacements).ToArray();
        }

        /// <summary>The way back.</summary>
        internal static ShapeKey[] Split(IEnumerable<string> names, float[] displacements)
        {
            string[] all = names.ToArray();
            int length = displacements.Length / Math.Max(all.Length, 1);
            return all.Select((name, key) =>
            {
                float[] own = new float[length];
                Array.Copy(displacements, key * length, own, 0, length);
                return new ShapeKey(name, own);
            }).ToArray();
        }
    }

    /// <summary>One mesh of an outfit, in world space and hemline's axes.</summary>
    public sealed class CostumeMesh
    {
        /// <param name="name">Its name, for messages.</param>
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        /// <param name="weights">A row a vertex, over all bones of the outfit's skeleton.</param>
        /// <param name="shapeKeys">Shape keys with names that all differ.</param>
        /// <param name="bound">Hung on a bone as a whole: its weights stay what they are.</param>
        public CostumeMesh(
            string name,
            float[] points,
            int[] triangles,
            RowArrays weights,
            IReadOnlyList<ShapeKey> shapeKeys = null,
            bool bound = false)
        {
            Bound = bound;
            Name = Arguments.NotNull(name, nameof(name));
            Points = Arguments.NotNull(points, nameof(points));
            Triangles = Arguments.NotNull(triangles, nameof(triangles));
            Weights = Arguments.NotNull(weights, nameof(weights));
            ShapeKeys = shapeKeys ?? new ShapeKey[0];
        }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>Positions, 3 numbers a vertex.</summary>
        public float[] Points { get; }

        /// <summary>Vertices, 3 a triangle.</summary>
        public int[] Triangles { get; }

        /// <summary>A row a vertex, over all bones of the outfit's skeleton.</summary>
        public RowArrays Weights { get; }

        /// <summary>Whether its weights stay what they are.</summary>
        public bool Bound { get; }

        /// <summary>Its shape keys.</summary>
        public IReadOnlyList<ShapeKey> ShapeKeys { get; }

        /// <summary>The rigid part of each vertex: islands of one weight pattern.</summary>
        internal int[] RigidParts()
        {
            return Components.FindRigid(Weights.Rows, Components.Find(Triangles, Points.Length / 3));
        }

        internal CostumeMesh With(float[] points, IReadOnlyList<ShapeKey> shapeKeys)
        {
            return new CostumeMesh(Name, points, Triangles, Weights, shapeKeys, Bound);
        }

        internal CostumeMesh With(RowArrays weights)
        {
            return new CostumeMesh(Name, Points, Triangles, weights, ShapeKeys, Bound);
        }
    }

    /// <summary>All meshes of an outfit and the skeleton that their weights refer to.</summary>
    public sealed class Outfit
    {
        /// <param name="skeleton">All bones that the meshes hang on.</param>
        /// <param name="meshes">One mesh at least.</param>
        public Outfit(Skeleton skeleton, IReadOnlyList<CostumeMesh> meshes)
        {
            Skeleton = Arguments.NotNull(skeleton, nameof(skeleton));
            Meshes = Arguments.NotNull(meshes, nameof(meshes));
        }

        /// <summary>All bones that the meshes hang on.</summary>
        public Skeleton Skeleton { get; }

        /// <summary>The meshes.</summary>
        public IReadOnlyList<CostumeMesh> Meshes { get; }
    }

    /// <summary>An avatar's body at rest and its skeleton.</summary>
    public sealed class Body
    {
        /// <param name="skeleton">The avatar's bones.</param>
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        /// <param name="weights">A row a vertex, over the bones of the skeleton.</param>
        public Body(Skeleton skeleton, float[] points, int[] triangles, RowArrays weights)
        {
            Skeleton = Arguments.NotNull(skeleton, nameof(skeleton));
            Points = Arguments.NotNull(points, nameof(points));
            Triangles = Arguments.NotNull(triangles, nameof(triangles));
            Weights = Arguments.NotNull(weights, nameof(weights));
        }

        /// <summary>The avatar's bones.</summary>
        public Skeleton Skeleton { get; }

        /// <summary>Positions, 3 numbers a vertex.</summary>
        public float[] Points { get; }

        /// <summary>Vertices, 3 a triangle.</summary>
        public int[] Triangles { get; }

        /// <summary>A row a vertex, over the bones of the skeleton.</summary>
        public RowArrays Weights { get; }
    }
}
