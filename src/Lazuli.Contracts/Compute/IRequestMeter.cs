namespace Lazuli.Contracts;

/// <summary>Hears what one request takes of an engine, after each step. Called on the engine's threads, so it neither blocks nor throws nor allocates.</summary>
public interface IRequestMeter
{
    /// <summary>A piece of the request is with the engine: exactly one <see cref="Record"/> whose <see cref="EngineWork.Requests"/> is 1 will end it, however it ends.</summary>
    void Begin();

    /// <summary>Notes work that was done since the last call. The one that ends a piece comes before its last event.</summary>
    void Record(in EngineWork work);
}
