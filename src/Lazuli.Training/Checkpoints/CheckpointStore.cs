using System.Globalization;
using System.Text;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>The <c>checkpoints</c> folder of a run: writes a checkpoint so that a kill at any instant leaves the last one whole, and finds the newest sound one.</summary>
/// <remarks>
/// Order of writing: (1) everything into <c>step-N.tmp</c>, each file synced; (2) the manifest with digests, synced; (3) the folder synced; (4) renamed to
/// <c>step-N</c>, the parent synced; (5) <c>latest</c> replaced; (6) old checkpoints pruned, each renamed to <c>.tmp</c> before it is deleted. Folders named
/// <c>.tmp</c> are nobody's and are removed at the start.
/// </remarks>
internal sealed class CheckpointStore
{
    private const string Prefix = "step-";
    private const string TemporarySuffix = ".tmp";

    private readonly string _root;

    public CheckpointStore(string root)
    {
        _root = root;
    }

    /// <summary>Steps that have a checkpoint, newest first; whether they are sound is not looked at.</summary>
    public IReadOnlyList<long> Steps => !Directory.Exists(_root) ? [] :
        [.. Directory.EnumerateDirectories(_root, Prefix + "*")
            .Select(d => long.TryParse(Path.GetFileName(d).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : -1)
            .Where(step => step >= 0)
            .OrderDescending()];

    /// <summary>Folder of the checkpoint of <paramref name="step"/>.</summary>
    public string PathOf(long step) => Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step}"));

    /// <summary>Whether <paramref name="directory"/> is a checkpoint of this run.</summary>
    public bool Contains(string directory) =>
        Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))) == Path.GetFullPath(_root);

    /// <summary>Removes what killed processes left half-written or half-deleted.</summary>
    public void Clean()
    {
        if (!Directory.Exists(_root))
        {
            return;
        }

        foreach (string leftover in Directory.EnumerateDirectories(_root, "*" + TemporarySuffix))
        {
            Directory.Delete(leftover, recursive: true);
        }
    }

    /// <summary>Writes the checkpoint of <c>state.Step</c> and returns its folder.</summary>
    /// <exception cref="IOException">The disk failed or is full; earlier checkpoints are untouched.</exception>
    public string Save(IBackend backend, ParameterTable table, OptimizerBuffers buffers, CheckpointIdentity identity, TrainingState state, DateTimeOffset now)
    {
        string final = PathOf(state.Step);
        string temporary = final + TemporarySuffix;
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        try
        {
            WriteInto(temporary, backend, table, buffers, identity, state, now);
            if (Directory.Exists(final))
            {
                Discard(final); // the same step written before the run went back to an older checkpoint
            }

            Directory.Move(temporary, final);
        }
        catch when (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true); // gives a full disk its room back
            throw;
        }

        DirectorySync.Flush(_root);
        MoveLatest(Path.GetFileName(final));
        return final;
    }

    private static void WriteInto(
        string directory, IBackend backend, ParameterTable table, OptimizerBuffers buffers, CheckpointIdentity identity, TrainingState state, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory);
        CheckpointFile[] files =
        [
            CheckpointTensors.Write(directory, CheckpointTensors.ParametersName, backend, buffers.Parameters, table.All),
            CheckpointTensors.Write(directory, CheckpointTensors.FirstMomentName, backend, buffers.FirstMoment, table.All),
            CheckpointTensors.Write(directory, CheckpointTensors.SecondMomentName, backend, buffers.SecondMoment, WithSecondMoment(table, identity)),
        ];
        var manifest = new CheckpointManifest
        {
            Format = CheckpointManifest.FormatName,
            Version = CheckpointManifest.FormatVersion,
            WrittenAt = now,
            Engine = typeof(CheckpointStore).Assembly.GetName().Version?.ToString(3) ?? "unknown",
            Identity = identity,
            State = state,
            Files = files,
        };
        WriteDurably(Path.Combine(directory, CheckpointManifest.FileName), manifest.ToBytes());
        DirectorySync.Flush(directory);
    }

    /// <summary>Deletes all but the newest <paramref name="keepLast"/> checkpoints and that of <paramref name="best"/>.</summary>
    public void Prune(int keepLast, long? best)
    {
        foreach (long step in Steps.Skip(keepLast).Where(step => step != best))
        {
            Discard(PathOf(step));
        }
    }

    /// <summary>Reads parameters and moments of the checkpoint in <paramref name="directory"/> into <paramref name="buffers"/>, checking every digest.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged; the buffers hold part of it.</exception>
    public static void LoadInto(string directory, CheckpointManifest manifest, IBackend backend, ParameterTable table, OptimizerBuffers buffers)
    {
        Load(CheckpointTensors.ParametersName, buffers.Parameters, table.All);
        Load(CheckpointTensors.FirstMomentName, buffers.FirstMoment, table.All);
        backend.Fill(buffers.SecondMoment, 0f);
        Load(CheckpointTensors.SecondMomentName, buffers.SecondMoment, WithSecondMoment(table, manifest.Identity));

        void Load(string name, DeviceBuffer buffer, IEnumerable<ParameterInfo> parameters) =>
            CheckpointTensors.Read(
                directory, manifest, name, parameters, (p, start, values) => backend.Upload(values, buffer.Slice(p.Offset + start, values.Length)));
    }

    /// <summary>Takes a checkpoint out of the way without deleting it: its folder gets <paramref name="why"/> as a suffix. Returns its new place.</summary>
    public string SetAside(long step, string why)
    {
        string path = PathOf(step);
        string aside = $"{path}.{why}";
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.Move(path, aside);
        DirectorySync.Flush(_root);
        return aside;
    }

    private static IEnumerable<ParameterInfo> WithSecondMoment(ParameterTable table, CheckpointIdentity identity) =>
        table.All.Where(p => Optimizer.HasSecondMoment(identity.Optimizer, p));

    private void MoveLatest(string name)
    {
        string path = Path.Combine(_root, "latest");
        WriteDurably(path + TemporarySuffix, Encoding.UTF8.GetBytes(name + "\n"));
        File.Move(path + TemporarySuffix, path, overwrite: true);
        DirectorySync.Flush(_root);
    }

    private static void WriteDurably(string path, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private static void Discard(string directory)
    {
        string doomed = directory + ".old" + TemporarySuffix;
        if (Directory.Exists(doomed))
        {
            Directory.Delete(doomed, recursive: true);
        }

        Directory.Move(directory, doomed);
        Directory.Delete(doomed, recursive: true);
    }
}
