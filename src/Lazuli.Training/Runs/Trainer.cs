using System.Globalization;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Runs a recipe on a data set in a run directory, from the beginning or from a checkpoint.</summary>
/// <remarks>
/// After each step: (1) judge whether it was finite; (2) evaluate if due; (3) append to the metrics; (4) checkpoint if due; (5) hand over a snapshot if a sample is due.
/// Cancelling lets the step at hand finish, writes a checkpoint and returns. One caller at a time.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private const int MaxSkippedInARow = 10;

    private readonly IBackend _backend;
    private readonly Recipe _recipe;
    private readonly ITrainingData _data;
    private readonly TrainerOptions _options;
    private readonly ITrainingObserver _observer;
    private readonly RunDirectory _directory;
    private readonly CheckpointStore _checkpoints;
    private readonly ParameterTable _table;
    private readonly TrainingStep _step;
    private readonly Evaluator _evaluator;
    private readonly double _flopPerToken;
    private readonly double _headFlopPerToken;
    private TrainingState _state = new();
    private double? _loss;
    private double? _bitsPerByte;
    private string? _energySource; // known once the run has begun

    /// <summary>Takes the run directory's lock and the memory of the run.</summary>
    /// <param name="backend">Runs the operators; stays the caller's.</param>
    /// <param name="recipe">What to do.</param>
    /// <param name="data">What to train on; stays the caller's.</param>
    /// <param name="options">Where, from where, by which clock.</param>
    /// <param name="observer">Hears what happens.</param>
    /// <exception cref="TrainingException">Recipe and data do not fit together; the message lists how.</exception>
    /// <exception cref="RunDirectoryInUseException">Another process trains there.</exception>
    public Trainer(IBackend backend, Recipe recipe, ITrainingData data, TrainerOptions options, ITrainingObserver observer)
    {
        _backend = backend;
        _recipe = recipe;
        _data = data;
        _options = options;
        _observer = observer;
        ModelConfig model = recipe.Model.ToConfig(data.VocabularySize);
        CheckFit(recipe, model, data);
        _table = new ParameterTable(model);
        _flopPerToken = TrainingFlop.PerToken(model, data.ContextLength);
        _headFlopPerToken = TrainingFlop.HeadPerToken(model);
        _directory = RunDirectory.Open(options.RunDirectory);
        try
        {
            _checkpoints = new CheckpointStore(_directory.Checkpoints);
            _step = new TrainingStep(backend, _table, recipe.Batch, recipe.Optimizer, data.ContextLength, recipe.Data.AttendWithinDocuments ? data.DocumentStartId : null, recipe.Embedding.WordFamilies ? data.WordFamilies : null);
            _evaluator = new Evaluator(backend, _step, data, recipe.Evaluation);
        }
        catch
        {
            _directory.Dispose();
            throw;
        }
    }

    /// <summary>The parameters as they are; valid until the trainer runs on or is disposed.</summary>
    public ModelSnapshot Snapshot => new(_backend, _table, _step.Buffers.Parameters, _state.Step);

    /// <summary>Trains to the end of the recipe, or until cancelled.</summary>
    /// <exception cref="TrainingException">The run cannot start or go on.</exception>
    /// <exception cref="CheckpointMismatchException">The checkpoint belongs to another run.</exception>
    /// <exception cref="CheckpointFormatException">The checkpoint asked for by path is damaged.</exception>
    public TrainingResult Run(CancellationToken cancellationToken = default)
    {
        try
        {
            return RunToEnd(cancellationToken);
        }
        catch (Exception e) when (_energySource is not null)
        {
            TrySummarizeFailure(e);
            throw;
        }
    }

    private TrainingResult RunToEnd(CancellationToken cancellationToken)
    {
        _checkpoints.Clean();
        CheckpointIdentity identity = Identity();
        long? resumedAt = new RunStart(_backend, _step, _checkpoints, identity, _observer).Begin(_options.Resume, _recipe.Seed, ref _state);
        File.WriteAllText(_directory.Recipe, RecipeJson.Write(_recipe));
        using var metrics = new MetricsFile(_directory.Metrics, _state.MetricsBytes);
        var plan = new StepPlan(_recipe.Duration, _recipe.Schedule, _recipe.Batch.Tokens, _state);
        var session = new RunSession(_options, _recipe, _state, _backend.ThreadCount);
        _energySource = session.EnergySource;
        Summarize(RunStatus.Running);
        _observer.OnStarted(new TrainingStart(
            _recipe, _table.Config, _table.ParameterCount, _data.RowCount(DataSplit.Train), _data.RowCount(DataSplit.HeldOut), resumedAt, plan.TotalSteps, session.EnergySource));
        EvaluationMetrics? evaluation = resumedAt is null && _recipe.Evaluation.AtStart ? Evaluate() : null;
        if (evaluation is not null)
        {
            metrics.Append(null, evaluation);
        }

        long savedAt = -1;
        while (!plan.IsOver(_state.Step) && !cancellationToken.IsCancellationRequested)
        {
            StepMetrics step = RunStep(plan, session);
            _loss = step.Loss;
            bool evaluated = IsEvaluationDue(plan);
            evaluation = evaluated ? Evaluate() : evaluation;
            metrics.Append(step, evaluated ? evaluation : null);
            _observer.OnStep(step);
            if (session.IsCheckpointDue(_state.Step) && !plan.IsOver(_state.Step))
            {
                Save(identity, metrics, session, evaluated ? evaluation : null);
                savedAt = _state.Step;
            }

            if (session.IsSampleDue(_state.Step))
            {
                _observer.OnSampleDue(Snapshot);
            }
        }

        if (savedAt != _state.Step && resumedAt != _state.Step)
        {
            Save(identity, metrics, session, evaluation?.Step == _state.Step ? evaluation : null);
        }

        bool completed = plan.IsOver(_state.Step);
        Summarize(completed ? RunStatus.Completed : RunStatus.Cancelled);
        return Result(completed, _loss, evaluation, session);
    }

    /// <summary>Gives back memory and the run directory.</summary>
    public void Dispose()
    {
        _step.Dispose();
        _directory.Dispose();
    }

    private static void CheckFit(Recipe recipe, ModelConfig model, ITrainingData data)
    {
        var errors = new List<string>(RecipeValidation.FindErrors(recipe));
        errors.AddRange(model.FindErrors().Select(e => "model." + e));
        if (model.VocabularySize < data.VocabularySize)
        {
            errors.Add($"model.vocabularySize is {model.VocabularySize}, but the data's tokenizer has {data.VocabularySize} ids.");
        }

        if (model.ContextLength < data.ContextLength)
        {
            errors.Add($"model.contextLength is {model.ContextLength}, but the data's rows have {data.ContextLength} tokens. Prepare the data for this length.");
        }

        long rowTokens = (long)recipe.Batch.Rows * data.ContextLength;
        if (recipe.Batch.Tokens % rowTokens != 0)
        {
            errors.Add($"batch.tokens ({recipe.Batch.Tokens}) is not a multiple of batch.rows × the data's row length ({recipe.Batch.Rows} × {data.ContextLength} = {rowTokens}).");
        }

        if (recipe.Data.AttendWithinDocuments && data.DocumentStartId is null)
        {
            errors.Add("data.attendWithinDocuments is set, but the data does not say where documents begin.");
        }

        if (recipe.Embedding.WordFamilies && data.WordFamilies is null)
        {
            errors.Add("embedding.wordFamilies is set, but the text of the data's tokens is not known.");
        }

        if (data.RowCount(DataSplit.Train) < 1)
        {
            errors.Add("the data set has no rows to train on.");
        }

        if (errors.Count > 0)
        {
            throw new TrainingException("The recipe cannot be run: " + string.Join(" ", errors.Distinct(StringComparer.Ordinal)));
        }
    }

    private CheckpointIdentity Identity() => new()
    {
        Model = _table.Config,
        DataDigest = _data.Digest,
        TokenizerDigest = _data.TokenizerDigest,
        Seed = _recipe.Seed,
        Optimizer = _recipe.Optimizer.Kind,
        ContextLength = _data.ContextLength,
        RecipeDigest = RecipeJson.Digest(_recipe),
        Tier = _backend.Tier.ToString(),
    };

    private StepMetrics RunStep(StepPlan plan, RunSession session)
    {
        long started = _options.Time.GetTimestamp();
        ReadBatch();
        double share = plan.RateShare(_state.Step);
        StepOutcome outcome = _step.Run(share, _state.Updates + 1);
        double seconds = _options.Time.GetElapsedTime(started).TotalSeconds;
        long tokens = _recipe.Batch.Tokens;
        double flop = (tokens * _flopPerToken) - ((tokens - outcome.Targets) * _headFlopPerToken);
        _state = session.Stamp(_state) with
        {
            Step = _state.Step + 1,
            Tokens = _state.Tokens + tokens,
            RowsRead = _state.RowsRead + (tokens / _data.ContextLength),
            Updates = _state.Updates + (outcome.IsFinite ? 1 : 0),
            SkippedInARow = outcome.IsFinite ? 0 : _state.SkippedInARow + 1,
            Flop = _state.Flop + flop,
        };
        if (!outcome.IsFinite)
        {
            JudgeNonFinite(outcome);
        }

        if (plan.Observe(_state.Step, _state.ElapsedSeconds))
        {
            _observer.OnNotice($"The time budget of {_recipe.Duration.Minutes:0.##} minutes makes {plan.TotalSteps} steps at the present pace.");
        }

        _state = _state with { PlannedSteps = plan.TotalSteps };
        return new StepMetrics
        {
            Step = _state.Step,
            PlannedSteps = plan.TotalSteps,
            At = _options.Time.GetUtcNow(),
            Tokens = _state.Tokens,
            Loss = outcome.Loss,
            LearningRate = _recipe.Optimizer.LearningRate * share,
            GradientNorm = outcome.GradientNorm,
            Skipped = !outcome.IsFinite,
            TokensPerSecond = seconds > 0 ? tokens / seconds : 0,
            Flop = _state.Flop,
            PeakShare = _options.PeakFlopPerSecond is double peak && seconds > 0 ? flop / seconds / peak : null,
            ElapsedSeconds = _state.ElapsedSeconds,
            DeviceSeconds = _state.DeviceSeconds,
            PeakFlop = _state.PeakFlop,
            EnergyJoules = _state.EnergyJoules,
        };
    }

    /// <summary>Reads the rows of the next step: position p of the endless order is row π(seed, p / rows)(p mod rows).</summary>
    private void ReadBatch()
    {
        int time = _data.ContextLength;
        long count = _data.RowCount(DataSplit.Train);
        long position = _state.RowsRead;
        for (int start = 0; start < _step.Ids.Length; start += time, position++)
        {
            long row = ShuffledOrder.RowAt(_recipe.Seed, position / count, position % count, count);
            _data.ReadRow(DataSplit.Train, row, _step.Ids.AsSpan(start, time), _step.Targets.AsSpan(start, time));
        }
    }

    private void JudgeNonFinite(in StepOutcome outcome)
    {
        string what = string.Create(
            CultureInfo.InvariantCulture, $"Step {_state.Step}: loss {outcome.Loss}, gradient norm {outcome.GradientNorm}. The parameters were left as they were.");
        if (_recipe.Optimizer.OnNonFinite == NonFiniteAction.Stop)
        {
            throw new TrainingException(what + " Lower the learning rate, or set optimizer.onNonFinite to skip; the last checkpoint is sound.");
        }

        if (_state.SkippedInARow >= MaxSkippedInARow)
        {
            throw new TrainingException($"{what} That was the {MaxSkippedInARow}th such step in a row. Lower the learning rate and resume from the last checkpoint.");
        }

        _observer.OnNotice(what + " The step is passed over.");
    }

    private bool IsEvaluationDue(StepPlan plan)
    {
        int every = _recipe.Evaluation.EverySteps;
        return _evaluator.HasRows && ((every > 0 && _state.Step % every == 0) || plan.IsOver(_state.Step));
    }

    private EvaluationMetrics? Evaluate()
    {
        if (!_evaluator.HasRows)
        {
            return null;
        }

        EvaluationMetrics evaluation = _evaluator.Evaluate(_state.Step);
        _state = _state with { HeldOutLoss = evaluation.Loss };
        _bitsPerByte = evaluation.BitsPerByte;
        _observer.OnEvaluation(evaluation);
        return evaluation;
    }

    private void Save(CheckpointIdentity identity, MetricsFile metrics, RunSession session, EvaluationMetrics? evaluation)
    {
        if (evaluation is { } e && !(_state.BestLoss <= e.Loss))
        {
            _state = _state with { BestLoss = e.Loss, BestStep = _state.Step };
        }

        _state = session.Stamp(_state) with { MetricsBytes = metrics.Length };
        string path = _checkpoints.Save(_backend, _table, _step.Buffers, identity, _state, _options.Time.GetUtcNow());
        _checkpoints.Prune(_recipe.Checkpoints.KeepLast, _recipe.Checkpoints.KeepBest ? _state.BestStep : null);
        session.NoteCheckpoint();
        Summarize(RunStatus.Running);
        _observer.OnCheckpoint(_state.Step, path);
    }

    private void TrySummarizeFailure(Exception failure)
    {
        try
        {
            Summarize(RunStatus.Failed, failure.Message);
        }
        catch (IOException e)
        {
            _observer.OnNotice($"The run's summary could not be written: {e.Message}"); // the first failure is the one to throw
        }
    }

    private void Summarize(RunStatus status, string? failure = null) => new RunSummary
    {
        Name = _recipe.Name,
        RecipeDigest = RecipeJson.Digest(_recipe),
        Model = _table.Config,
        Parameters = _table.ParameterCount,
        DataDigest = _data.Digest,
        TokenizerDigest = _data.TokenizerDigest,
        Status = status,
        Failure = failure,
        UpdatedAt = _options.Time.GetUtcNow(),
        Steps = _state.Step,
        PlannedSteps = _state.PlannedSteps,
        Tokens = _state.Tokens,
        Loss = _loss is double loss && double.IsFinite(loss) ? loss : null,
        HeldOutLoss = _state.HeldOutLoss,
        BitsPerByte = _bitsPerByte,
        Flop = _state.Flop,
        ElapsedSeconds = _state.ElapsedSeconds,
        EnergyJoules = _state.EnergyJoules,
        EnergySource = _energySource ?? "not measured",
        DeviceSeconds = _state.DeviceSeconds,
        PeakFlop = _state.PeakFlop,
    }.Write(_directory.Root);

    private TrainingResult Result(bool completed, double? loss, EvaluationMetrics? evaluation, RunSession session)
    {
        return new TrainingResult(
            completed, _state.Step, _state.Tokens, loss, evaluation, _state.Flop,
            session.PeakFlop * _options.AssumedUtilisation, _options.AssumedUtilisation,
            session.ElapsedSeconds, session.EnergyJoules, session.EnergySource, _checkpoints.PathOf(_state.Step));
    }
}
