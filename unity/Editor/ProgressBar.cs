// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;
using UnityEditor;

namespace Hemline.Editor
{
    /// <summary>The editor's progress bar with its cancel button, while a job runs on the editor's thread.</summary>
    internal sealed class ProgressBar : IProgress<float>, IDisposable
    {
        readonly string title;
        readonly CancellationTokenSource source = new CancellationTokenSource();
        float shown = -1;

        internal ProgressBar(string title)
        {
            this.title = title;
            Report(0);
        }

        internal CancellationToken Token
        {
            get { return source.Token; }
        }

        public void Report(float value)
        {
            // Drawing takes longer than many a step does.
            if (value < shown + 0.005f)
            {
                return;
            }

            shown = value;
            if (EditorUtility.DisplayCancelableProgressBar("hemline", title, value))
            {
                source.Cancel();
            }
        }

        public void Dispose()
        {
            EditorUtility.ClearProgressBar();
            source.Dispose();
        }
    }
}
