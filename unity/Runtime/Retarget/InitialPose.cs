// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;

namespace Hemline
{
    /// <summary>
    /// From an outfit's rest pose to the basis pose of the avatar that it was made for, by the names of its
    /// bones: a file initial_pose.json.
    /// </summary>
    public sealed class InitialPose
    {
        readonly Dictionary<string, Transform> transforms = new Dictionary<string, Transform>();

        InitialPose(JsonValue root)
        {
            foreach (JsonValue entry in root.Array("bones"))
            {
                transforms[entry.Require("boneName").Text()] = new Transform(entry.Require("transform"));
            }
        }

        /// <summary>Reads and checks a file.</summary>
        /// <exception cref="RetargetException">What is wrong, with file and field.</exception>
        public static InitialPose Load(string path)
        {
            return new InitialPose(JsonValue.Read(path));
        }

        /// <summary>Delta matrices, 16 numbers a bone; bones that are not listed follow their parents.</summary>
        internal double[] Deltas(Skeleton skeleton)
        {
            int count = skeleton.Names.Count;
            double[] deltas = Matrices.Identities(count);
            byte[] listed = new byte[count];
            for (int bone = 0; bone < count; bone++)
            {
                Transform transform;
                if (transforms.TryGetValue(skeleton.Names[bone], out transform))
                {
                    transform.Delta(Matrices.At(skeleton.Matrices, bone)).CopyTo(deltas, 16 * bone);
                    listed[bone] = 1;
                }
            }

            return Poses.ByDeltas(skeleton.Parents, Matrices.Identities(count), deltas, listed);
        }

        /// <summary>How one bone is moved: by a matrix of world space, or about its head.</summary>
        sealed class Transform
        {
            readonly double[] matrix;
            readonly bool aboutHead;

            internal Transform(JsonValue entry)
            {
                JsonValue delta = entry.Get("delta_matrix");
                aboutHead = delta == null;
                matrix = delta == null ? FromParts(entry) : delta.Matrix();
            }

            internal double[] Delta(double[] bone)
            {
                if (!aboutHead)
                {
                    return matrix;
                }

                double[] delta = (double[])matrix.Clone();
                for (int row = 0; row < 3; row++)
                {
                    delta[4 * row + 3] += bone[4 * row + 3] - (matrix[4 * row] * bone[3]
                        + matrix[4 * row + 1] * bone[7] + matrix[4 * row + 2] * bone[11]);
                }

                return delta;
            }

            /// <summary>Scales, turns about x, then y, then z (Blender's XYZ), and moves.</summary>
            static double[] FromParts(JsonValue entry)
            {
                JsonValue given = entry.Get("scale");
                double[] scale = given == null ? new double[] { 1, 1, 1 } : given.Vector(3);
                if (Array.IndexOf(scale, 0.0) >= 0)
                {
                    throw given.Error("has a factor 0, expected others");
                }

                double[] angles = Optional(entry, "rotation"), position = Optional(entry, "position");
                double[] matrix = Matrices.Multiply(
                    About(2, angles[2]), Matrices.Multiply(About(1, angles[1]), About(0, angles[0])));
                for (int row = 0; row < 3; row++)
                {
                    for (int column = 0; column < 3; column++)
                    {
                        matrix[4 * row + column] *= scale[column];
                    }

                    matrix[4 * row + 3] = position[row];
                }

                return matrix;
            }

            static double[] Optional(JsonValue entry, string key)
            {
                JsonValue value = entry.Get(key);
                return value == null ? new double[3] : value.Vector(3);
            }

            static double[] About(int axis, double degrees)
            {
                double cos = Math.Cos(degrees * Math.PI / 180), sin = Math.Sin(degrees * Math.PI / 180);
                double[] matrix = (double[])Matrices.Identity.Clone();
                int first = (axis + 1) % 3, second = (axis + 2) % 3;
                matrix[5 * first] = matrix[5 * second] = cos;
                matrix[4 * first + second] = -sin;
                matrix[4 * second + first] = sin;
                return matrix;
            }
        }
    }
}
