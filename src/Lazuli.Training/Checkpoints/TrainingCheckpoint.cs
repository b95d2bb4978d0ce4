using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>A finished checkpoint on disk, for those who want its model: export, serving, comparison.</summary>
public sealed class TrainingCheckpoint
{
    private readonly CheckpointManifest _manifest;

    private TrainingCheckpoint(string directory, CheckpointManifest manifest)
    {
        Directory = directory;
        _manifest = manifest;
    }

    /// <summary>Its folder.</summary>
    public string Directory { get; }

    /// <summary>Shape of its model.</summary>
    public ModelConfig Model => _manifest.Identity.Model;

    /// <summary>Steps done when it was written.</summary>
    public long Step => _manifest.State.Step;

    /// <summary>Tokens read by those steps.</summary>
    public long Tokens => _manifest.State.Tokens;

    /// <summary>Last held-out loss in nats a target; null before the first evaluation.</summary>
    public double? HeldOutLoss => _manifest.State.HeldOutLoss;

    /// <summary>FLOP by formula up to here.</summary>
    public double Flop => _manifest.State.Flop;

    /// <summary>Digest of the data set it was trained on.</summary>
    public string DataDigest => _manifest.Identity.DataDigest;

    /// <summary>Digest of its tokenizer.</summary>
    public string TokenizerDigest => _manifest.Identity.TokenizerDigest;

    /// <summary>Digest of the resolved recipe.</summary>
    public string RecipeDigest => _manifest.Identity.RecipeDigest;

    /// <summary>Opens the checkpoint in <paramref name="directory"/> and checks its manifest.</summary>
    /// <exception cref="CheckpointFormatException">It is not a checkpoint, or damaged.</exception>
    public static TrainingCheckpoint Open(string directory) => new(directory, CheckpointManifest.Read(directory));

    /// <summary>The newest checkpoint of a run directory whose manifest is sound; null where there is none.</summary>
    public static TrainingCheckpoint? OpenNewest(string runDirectory)
    {
        var store = new CheckpointStore(Path.Combine(runDirectory, RunDirectory.CheckpointsName));
        foreach (long step in store.Steps)
        {
            try
            {
                return Open(store.PathOf(step));
            }
            catch (CheckpointFormatException)
            {
                continue; // the next older one; whoever resumes the run is told
            }
        }

        return null;
    }

    /// <summary>Gives each parameter's values to <paramref name="sink"/>, in the order of the table.</summary>
    /// <exception cref="CheckpointFormatException">The file is damaged; the sink has had part of it.</exception>
    public void ReadParameters(ParameterSink sink)
    {
        float[] values = [];
        CheckpointTensors.Read(Directory, _manifest, CheckpointTensors.ParametersName, new ParameterTable(Model).All, (parameter, start, piece) =>
        {
            if (start == 0)
            {
                values = new float[parameter.Length];
            }

            piece.CopyTo(values.AsSpan((int)start));
            if (start + piece.Length == parameter.Length)
            {
                sink(parameter, values);
            }
        });
    }
}
