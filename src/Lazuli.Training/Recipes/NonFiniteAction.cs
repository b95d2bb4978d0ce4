namespace Lazuli.Training;

/// <summary>What to do when a loss or a gradient norm is NaN or infinite. Parameters are never touched by such a step.</summary>
public enum NonFiniteAction
{
    /// <summary>The run stops with an error.</summary>
    Stop,

    /// <summary>The step's data is passed over and the run goes on; it stops after ten such steps in a row.</summary>
    Skip,
}
