// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.IO;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>The arrays that write_expected.py wrote, in the folder that HEMLINE_EXPECTED names.</summary>
    internal static class Expected
    {
        internal static string Folder
        {
            get { return Environment.GetEnvironmentVariable("HEMLINE_EXPECTED"); }
        }

        internal static float[] Floats(string name)
        {
            return Read<float>(name + ".f32", sizeof(float));
        }

        internal static double[] Doubles(string name)
        {
            return Read<double>(name + ".f64", sizeof(double));
        }

        internal static int[] Ints(string name)
        {
            return Read<int>(name + ".i32", sizeof(int));
        }

        internal static byte[] Bytes(string name)
        {
            return Read<byte>(name + ".u8", 1);
        }

        internal static RowArrays Rows(string name)
        {
            return new RowArrays(
                Ints(name + "_offsets"),
                Ints(name + "_groups"),
                Floats(name + "_weights"),
                Ints(name + "_group_count")[0]);
        }

        /// <summary>Bits, not numbers: a NaN equals itself, and 0 is not -0.</summary>
        internal static void SameBits(float[] expected, float[] found, string what)
        {
            Assert.AreEqual(expected.Length, found.Length, what + ": length");
            for (int i = 0; i < expected.Length; i++)
            {
                int wanted = BitConverter.ToInt32(BitConverter.GetBytes(expected[i]), 0);
                if (wanted != BitConverter.ToInt32(BitConverter.GetBytes(found[i]), 0))
                {
                    Assert.Fail("{0}[{1}]: {2:R}, expected {3:R}", what, i, found[i], expected[i]);
                }
            }
        }

        internal static void SameDoubles(string name, double[] found)
        {
            CollectionAssert.AreEqual(
                Array.ConvertAll(Doubles(name), BitConverter.DoubleToInt64Bits),
                Array.ConvertAll(found, BitConverter.DoubleToInt64Bits),
                name);
        }

        internal static void SameRows(string name, WeightRows found)
        {
            RowArrays expected = Rows(name);
            CollectionAssert.AreEqual(expected.Offsets, found.Offsets.ToArray(), name + ": offsets");
            CollectionAssert.AreEqual(expected.Groups, found.Groups.ToArray(), name + ": groups");
            SameBits(expected.Weights, found.Weights.ToArray(), name + ": weights");
            Assert.AreEqual(expected.GroupCount, found.GroupCount, name + ": groups");
        }

        static T[] Read<T>(string file, int size)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, file));
            T[] values = new T[bytes.Length / size];
            Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
            return values;
        }
    }
}
