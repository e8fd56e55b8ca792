// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;

namespace Hemline
{
    /// <summary>Pose files: matrices of world space, delta · rest, 16 numbers each.</summary>
    internal static class PoseFile
    {
        /// <summary>Roles that no pose file moves: they follow their parents even if they are listed.</summary>
        static readonly HashSet<string> NeverPosed = new HashSet<string>
        {
            "UpperChest", "LeftBreast", "RightBreast", "LeftToes", "RightToes", "LeftToe", "RightToe",
        };

        /// <summary>Delta matrices by role.</summary>
        internal static Dictionary<string, double[]> Load(string path)
        {
            var pose = new Dictionary<string, double[]>();
            foreach (var entry in JsonValue.Read(path).Members())
            {
                if (!NeverPosed.Contains(entry.Key))
                {
                    pose[entry.Key] = entry.Value.Require("delta_matrix").Matrix();
                }
            }

            return pose;
        }

        /// <summary>Whether a pose moves nothing by more than a hair.</summary>
        internal static bool IsIdentity(IEnumerable<double[]> pose)
        {
            foreach (double[] matrix in pose)
            {
                for (int entry = 0; entry < matrix.Length; entry++)
                {
                    if (Math.Abs(matrix[entry] - Matrices.Identity[entry % 16]) >= 1e-7)
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }
}
