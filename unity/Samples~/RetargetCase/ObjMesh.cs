// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Hemline.Samples
{
    /// <summary>A triangle mesh as an OBJ file: lines "v x y z" and "f a b c", nothing else.</summary>
    public sealed class ObjMesh
    {
        /// <param name="points">Positions, 3 numbers a vertex.</param>
        /// <param name="triangles">Vertices, 3 a triangle.</param>
        public ObjMesh(float[] points, int[] triangles)
        {
            Points = points;
            Triangles = triangles;
        }

        /// <summary>Positions, 3 numbers a vertex.</summary>
        public float[] Points { get; }

        /// <summary>Vertices, 3 a triangle.</summary>
        public int[] Triangles { get; }

        /// <summary>Reads a file.</summary>
        public static ObjMesh Read(string path)
        {
            var points = new List<float>();
            var triangles = new List<int>();
            foreach (string line in File.ReadLines(path))
            {
                string[] words = line.Split(' ');
                if (words.Length != 4 || (words[0] != "v" && words[0] != "f"))
                {
                    throw new InvalidDataException(path + ": `" + line + "`, expected v or f and three numbers");
                }

                for (int word = 1; word < 4; word++)
                {
                    if (words[0] == "v")
                    {
                        points.Add(Numbers.Float(words[word]));
                    }
                    else
                    {
                        triangles.Add(int.Parse(words[word], CultureInfo.InvariantCulture) - 1);
                    }
                }
            }

            return new ObjMesh(points.ToArray(), triangles.ToArray());
        }

        /// <summary>Writes a file that reads back with the same bits.</summary>
        public void Write(string path)
        {
            using (var file = new StreamWriter(path))
            {
                for (int p = 0; p < Points.Length; p += 3)
                {
                    file.Write("v " + Numbers.Text(Points[p]) + " " + Numbers.Text(Points[p + 1]) + " "
                        + Numbers.Text(Points[p + 2]) + "\n");
                }

                for (int t = 0; t < Triangles.Length; t += 3)
                {
                    file.Write(
                        "f " + (Triangles[t] + 1) + " " + (Triangles[t + 1] + 1) + " " + (Triangles[t + 2] + 1) + "\n");
                }
            }
        }
    }

    /// <summary>Numbers as text that tells every float apart.</summary>
    internal static class Numbers
    {
        internal static float Float(string text)
        {
            // By way of double: nine digits are exact there, and one rounding is left.
            return (float)double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        internal static string Text(float value)
        {
            return ((double)value).ToString("G9", CultureInfo.InvariantCulture);
        }
    }
}
