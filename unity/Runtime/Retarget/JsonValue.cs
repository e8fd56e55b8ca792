// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Hemline
{
    /// <summary>A value of a JSON file that knows where it stands, so that each complaint names file and field.</summary>
    internal sealed class JsonValue
    {
        readonly JToken token;
        readonly string field;

        JsonValue(string file, string field, JToken token)
        {
            File = file;
            this.field = field;
            this.token = token;
        }

        /// <summary>Path of the file.</summary>
        internal string File { get; }

        /// <summary>Folder of the file.</summary>
        internal string Folder
        {
            get { return Path.GetDirectoryName(File); }
        }

        /// <summary>Whether it says yes: true, or a number other than 0.</summary>
        internal bool IsTrue
        {
            get { return token.Type == JTokenType.Boolean ? (bool)token : Number() != 0; }
        }

        internal static JsonValue Read(string path)
        {
            string file = Path.GetFullPath(path);
            try
            {
                return new JsonValue(file, "", JToken.Parse(System.IO.File.ReadAllText(file)));
            }
            catch (JsonException error)
            {
                throw new RetargetException(file + ": is no JSON file: " + error.Message, error);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                throw new RetargetException(file + ": cannot be read: " + error.Message, error);
            }
        }

        internal RetargetException Error(string problem)
        {
            return new RetargetException(File + ": " + (field.Length == 0 ? "" : "`" + field + "` ") + problem);
        }

        /// <summary>A member of an object; null where it is absent or null.</summary>
        internal JsonValue Get(string key)
        {
            JToken member = As<JObject>("an object")[key];
            return member == null || member.Type == JTokenType.Null ? null : new JsonValue(File, Join(key), member);
        }

        /// <summary>A member of an object, which must be there.</summary>
        internal JsonValue Require(string key)
        {
            JsonValue member = Get(key);
            if (member == null)
            {
                throw new JsonValue(File, Join(key), token).Error("is missing");
            }

            return member;
        }

        /// <summary>Members of an object.</summary>
        internal IEnumerable<KeyValuePair<string, JsonValue>> Members()
        {
            return As<JObject>("an object").Properties().Select(
                member => new KeyValuePair<string, JsonValue>(
                    member.Name, new JsonValue(File, Join(member.Name), member.Value)));
        }

        /// <summary>Elements of the array <paramref name="key"/>; none where it is absent.</summary>
        internal JsonValue[] Array(string key)
        {
            JsonValue member = Get(key);
            return member == null ? new JsonValue[0] : member.Elements();
        }

        /// <summary>Elements of an array.</summary>
        internal JsonValue[] Elements()
        {
            return As<JArray>("an array")
                .Select((element, i) => new JsonValue(File, field + "[" + i + "]", element)).ToArray();
        }

        /// <summary>A text that is not empty.</summary>
        internal string Text()
        {
            if (token.Type != JTokenType.String || ((string)token).Length == 0)
            {
                throw Error("is " + Brief() + ", expected a text");
            }

            return (string)token;
        }

        /// <summary>The text <paramref name="key"/>; null where it is absent or empty.</summary>
        internal string OptionalText(string key)
        {
            JsonValue member = Get(key);
            return member == null || (member.token.Type == JTokenType.String && (string)member.token == "")
                ? null
                : member.Text();
        }

        /// <summary>The array of texts <paramref name="key"/>; empty where it is absent.</summary>
        internal string[] Texts(string key)
        {
            return System.Array.ConvertAll(Array(key), element => element.Text());
        }

        /// <summary>A finite number.</summary>
        internal double Number()
        {
            bool isNumber = token.Type == JTokenType.Float || token.Type == JTokenType.Integer;
            double number = isNumber ? (double)token : double.NaN;
            if (double.IsNaN(number) || double.IsInfinity(number))
            {
                throw Error("is " + Brief() + ", expected a finite number");
            }

            return number;
        }

        /// <summary>An array of so many numbers.</summary>
        internal double[] Vector(int length)
        {
            JsonValue[] elements = Elements();
            if (elements.Length != length)
            {
                throw Error("holds " + elements.Length + " elements, expected " + length);
            }

            return System.Array.ConvertAll(elements, element => element.Number());
        }

        /// <summary>An invertible affine matrix, 4 rows of 4: 16 numbers, row-major.</summary>
        internal double[] Matrix()
        {
            JsonValue[] rows = Elements();
            if (rows.Length != 4)
            {
                throw Error("has " + rows.Length + " rows, expected 4");
            }

            double[] matrix = rows.SelectMany(row => row.Vector(4)).ToArray();
            double[] last = { 0, 0, 0, 1 };
            if (Enumerable.Range(0, 4).Any(i => Math.Abs(matrix[12 + i] - last[i]) > 1e-6))
            {
                throw rows[3].Error("is no end of an affine matrix, expected [0, 0, 0, 1]");
            }

            if (Math.Abs(Matrices.Determinant(matrix, 0)) < 1e-12)
            {
                throw Error("has no inverse, expected an invertible matrix");
            }

            return matrix;
        }

        /// <summary>
        /// The file that the text <paramref name="key"/> names, in the first of the folders that holds it;
        /// without folders in this file's own. Backslashes (Windows) separate folders as well.
        /// </summary>
        internal string FilePath(string key, params string[] folders)
        {
            JsonValue name = Require(key);
            string relative = name.Text().Replace('\\', '/');
            string[] paths = (folders.Length == 0 ? new[] { Folder } : folders)
                .Select(folder => Path.Combine(folder, relative)).ToArray();
            return paths.FirstOrDefault(System.IO.File.Exists)
                ?? throw name.Error("names " + string.Join(" or ", paths) + ", which is no file");
        }

        string Join(string key)
        {
            return field.Length == 0 ? key : field + "." + key;
        }

        string Brief()
        {
            string text = token.ToString(Formatting.None);
            return text.Length > 40 ? text.Substring(0, 40) + "…" : text;
        }

        T As<T>(string expected) where T : JToken
        {
            return token as T ?? throw Error("is " + Brief() + ", expected " + expected);
        }
    }
}
