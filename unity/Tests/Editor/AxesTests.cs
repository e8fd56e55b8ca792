// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>Unity's axes and hemline's, both ways.</summary>
    [TestFixture]
    public class AxesTests
    {
        static readonly float[] Points = { 1, 2, 3, -0f, 1e-30f, -4, float.Epsilon, -7.5f, 0.1f };

        [Test]
        public void NamedDirections()
        {
            // Up, an avatar's front and its left hand: Unity's y, z and -x; hemline's z, -y and x.
            float[] unity = { 0, 1, 0, 0, 0, 1, -1, 0, 0 }, hemline = { 0, 0, 1, 0, -1, 0, 1, 0, 0 };
            float[] found = new float[9];
            Axes.FromUnity(unity, found);
            CollectionAssert.AreEqual(hemline, found);
            Axes.ToUnity(hemline, found);
            CollectionAssert.AreEqual(unity, found);
        }

        [Test]
        public void ThereAndBackKeepsAllBits()
        {
            float[] found = (float[])Points.Clone();
            Axes.FromUnity(found, found);
            Axes.ToUnity(found, found);
            CollectionAssert.AreEqual(Bits(Points), Bits(found));
            Axes.ToUnity(found, found);
            Axes.FromUnity(found, found);
            CollectionAssert.AreEqual(Bits(Points), Bits(found));
        }

        [Test]
        public void TheOutsideStaysOutside()
        {
            // In either space the cross product of a triangle's edges points out of the body.
            float[] unity = { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1 }, hemline = new float[12];
            int[] triangles = { 0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3 }, turned = new int[12];
            Assert.Greater(Volume(unity, triangles), 0);
            Axes.FromUnity(unity, hemline);
            Axes.FlipTriangles(triangles, turned);
            Assert.Greater(Volume(hemline, turned), 0);
            Axes.FlipTriangles(turned, turned);
            CollectionAssert.AreEqual(triangles, turned);
        }

        [Test]
        public void MatricesDoTheSameInEitherSpace()
        {
            double[] unity = { 0, -2, 0, 5, 3, 0, 0.5, 6, 0, 0.25, 1, 7, 0, 0, 0, 1 };
            double[] hemline = Axes.MatrixFromUnity(unity);
            CollectionAssert.AreEqual(unity, Axes.MatrixToUnity(hemline));
            float[] point = { 1, 2, 3 }, before = new float[3], after = new float[3];
            Axes.FromUnity(point, before);
            Axes.FromUnity(Moved(unity, point), after);
            CollectionAssert.AreEqual(after, Moved(hemline, before));
        }

        static int[] Bits(float[] values)
        {
            return Array.ConvertAll(values, value => BitConverter.ToInt32(BitConverter.GetBytes(value), 0));
        }

        static float[] Moved(double[] m, float[] p)
        {
            float[] moved = new float[3];
            for (int row = 0; row < 3; row++)
            {
                moved[row] = (float)(m[4 * row] * p[0] + m[4 * row + 1] * p[1] + m[4 * row + 2] * p[2] + m[4 * row + 3]);
            }

            return moved;
        }

        /// <summary>Six times the volume that triangles enclose, by the cross products of their edges.</summary>
        static double Volume(float[] p, int[] triangles)
        {
            double volume = 0;
            for (int t = 0; t < triangles.Length; t += 3)
            {
                int a = 3 * triangles[t], b = 3 * triangles[t + 1], c = 3 * triangles[t + 2];
                volume += p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1])
                    + p[a + 1] * (p[b + 2] * p[c] - p[b] * p[c + 2])
                    + p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
            }

            return volume;
        }
    }
}
