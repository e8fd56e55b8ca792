// SPDX-License-Identifier: MIT OR Apache-2.0
namespace Hemline.Tests
{
    /// <summary>Every result equals the Python API's, bit for bit, on a body and two pieces of clothing.</summary>
    public abstract class ParityTests
    {
        protected const int Groups = 12;

        protected static float[] Outfit
        {
            get { return Expected.Floats("outfit_points"); }
        }

        protected static int[] Triangles
        {
            get { return Expected.Ints("outfit_triangles"); }
        }

        protected static WeightRows Rows
        {
            get { return Expected.Rows("outfit").Rows; }
        }

        protected static Surface Body(string shape = "b")
        {
            return Surface.Create(Expected.Floats("body_" + shape + "_points"), Expected.Ints("body_triangles"));
        }

        /// <summary>Compares rows and releases them.</summary>
        protected static void SameRows(string name, SparseWeights made)
        {
            using (made)
            {
                Expected.SameRows(name, made.Rows);
            }
        }
    }
}
